//! The spans of `tracing` that are not of our attributes, for whoever keeps them: the layer of an application's
//! subscriber, or the subscriber of a scope.
//!
//! Their parent is what is current on the thread, a span of ours or of theirs; entering one puts an entry on
//! the stack that our spans look at.

use std::sync::Arc;

use tracing::span::{Attributes, Id, Record as Values};

use super::Shared;
use super::local;
use super::open::{Adopted, Open, Recording};
use super::sampling::OwnRatio;
use super::visit::SpanFields;
use crate::baggage::Baggage;
use crate::context::TraceContext;
use crate::current::{self, Foreign, Frame, Origin, Settled};
use crate::span::Kind;

/// Where the open spans of a subscriber are.
pub(crate) trait OpenSpans {
    /// Shows one of them to `f`, which runs no code of the program; `None` where it is not there.
    fn open<R>(&self, id: &Id, f: impl FnOnce(&mut Open) -> R) -> Option<R>;
}

fn context_of(spans: &impl OpenSpans, id: &Id) -> Option<TraceContext> {
    spans.open(id, |open| open.context().clone())
}

/// Where a new span is.
struct Surroundings {
    parent: Option<TraceContext>,
    link: Option<TraceContext>,
    /// Where it is not that of the parent.
    baggage: Option<Baggage>,
}

impl Surroundings {
    fn of(engine: &Shared, attributes: &Attributes<'_>, spans: &impl OpenSpans) -> Self {
        let explicit = attributes.parent().map(|id| context_of(spans, id));
        let realm = engine.realm();
        match explicit {
            Some(Some(parent)) => return Self::below(Some(parent)),
            // In a scope, a parent that is not the scope's own is as good as none.
            Some(None) if realm.is_application() => return Self::below(None),
            None if attributes.is_root() => return Self::below(None),
            _ => {}
        }
        if !engine.config.activates {
            match current::settled(realm) {
                Settled::Outside => return Self::below(None),
                Settled::Below(parent) => return Self::below(Some(parent)),
                Settled::Not => {}
            }
        }
        let ambient = current::ambient_in(realm);
        let link = match &ambient.origin {
            Origin::Detached(link) => link.as_deref().cloned(),
            _ if ambient.context.is_some() => return Self::below(ambient.context),
            _ => None,
        };
        Self {
            parent: None,
            link,
            baggage: Some(ambient.baggage()),
        }
    }

    const fn below(parent: Option<TraceContext>) -> Self {
        Self {
            parent,
            link: None,
            baggage: None,
        }
    }
}

/// Starts a span; `None` where it is not recorded.
#[inline]
pub(crate) fn start(
    engine: &Arc<Shared>,
    attributes: &Attributes<'_>,
    spans: &impl OpenSpans,
) -> Option<Box<Recording>> {
    // Exporters of OpenTelemetry ask that their own work is not traced: it would never end.
    if engine.is_closed() || crate::otel::is_suppressed() {
        return None;
    }
    let handle = local::handle(engine);
    let Surroundings {
        parent,
        link,
        baggage,
    } = Surroundings::of(engine, attributes, spans);
    let mut recording = Recording::new(attributes.metadata());
    let record = &mut recording.record;
    let context = local::start(record, &handle, parent.as_ref(), &OwnRatio::Unsaid)?;
    // Whoever gives this span a parent later decides on its sampling.
    record.write_until_decided();
    if record.is_sampled() {
        if current::has_sessions() {
            let session = current::session(engine.realm());
            record.add_session(Some(&session), attributes.metadata());
        }
        let limits = *record.limits();
        // Nobody can look at the span yet, whatever its values run.
        let mut fields = SpanFields::new(record.body_mut(), &limits);
        attributes.record(&mut fields);
        recording.kind = fields.kind.unwrap_or(Kind::Internal);
    }
    let context = if record.rules().is_some() {
        record.ask_rules_by_body(context, recording.metadata, recording.kind)
    } else {
        context
    };
    recording.context = match baggage {
        Some(baggage) => context.with_baggage(baggage),
        None => context,
    };
    if let Some(link) = &link {
        record.link(link, &[]);
    }
    if engine.config.activates {
        recording.otel = Some(crate::otel::current());
    }
    Some(recording)
}

/// Adds values to a span.
pub(crate) fn record(engine: &Shared, id: &Id, values: &Values<'_>, spans: &impl OpenSpans) {
    // What is written may come from code that asks for this span: nothing is locked meanwhile.
    let place = spans.open(id, |open| match open {
        Open::Recording(recording) if recording.is_of(engine) && recording.record.is_sampled() => {
            Some((*recording.record.limits(), None))
        }
        Open::Adopted(Adopted {
            inbox: Some(inbox), ..
        }) if inbox.engine() == engine.number => Some((*inbox.limits(), Some(Arc::clone(inbox)))),
        _ => None,
    });
    let Some(Some((limits, ours))) = place else {
        return;
    };
    let mut body = local::scratch();
    let mut fields = SpanFields::new(&mut body, &limits);
    values.record(&mut fields);
    let kind = fields.kind;
    if let Some(inbox) = &ours {
        inbox.append(&body);
    } else {
        spans.open(id, |open| {
            if let Open::Recording(recording) = open {
                recording.record.append(&body);
                recording.kind = kind.unwrap_or(recording.kind);
            }
        });
    }
    local::give_back(body);
}

/// Links a span to another.
pub(crate) fn follow(engine: &Shared, id: &Id, follows: &Id, spans: &impl OpenSpans) {
    let Some(followed) = context_of(spans, follows) else {
        return;
    };
    spans.open(id, |open| match open {
        Open::Recording(recording) if recording.is_of(engine) => {
            recording.record.link(&followed, &[]);
        }
        Open::Adopted(Adopted {
            inbox: Some(inbox), ..
        }) if inbox.engine() == engine.number => inbox.write(|body, limits| {
            if body.link(limits, &followed) {
                body.end();
            }
        }),
        _ => {}
    });
}

/// Makes a span the current one.
#[inline]
pub(crate) fn enter(engine: &Shared, id: &Id, spans: &impl OpenSpans) {
    if !current::is_possible() {
        return;
    }
    let entered = spans.open(id, |open| match open {
        Open::Recording(recording) if recording.is_of(engine) => {
            recording.settle();
            Some((recording.context.clone(), recording.otel.clone(), None))
        }
        Open::Recording(_) => None,
        Open::Adopted(Adopted {
            context,
            inbox,
            otel,
        }) => Some((context.clone(), otel.clone(), inbox.clone())),
    });
    let Some(Some((context, otel, inbox))) = entered else {
        return;
    };
    let mut frame = Frame::new(Some(context), Origin::Engine).in_realm(engine.realm());
    frame.activates = otel.is_some();
    frame.inbox = inbox;
    let attached = otel.map(opentelemetry::Context::attach);
    current::enter_foreign(Foreign {
        engine: engine.number,
        id: id.clone(),
        frame,
        attached,
    });
}

/// Makes a span not current any more.
#[inline]
pub(crate) fn exit(engine: &Shared, id: &Id) {
    drop(current::exit_foreign(engine.number, id));
}
