//! What surrounds a span that is about to start: the innermost frame, or what others have put inside it.

use super::frame::{Frame, Origin, Realm};
use super::stack::{Mark, OthersMark};
use super::thread::{is_possible, with_thread};
use crate::baggage::Baggage;
use crate::context::TraceContext;
#[cfg(feature = "otel")]
use crate::otel;

/// The surroundings of a span that is about to start.
#[derive(Clone, Debug)]
pub(crate) struct Ambient {
    pub(crate) context: Option<TraceContext>,
    /// The baggage where there is no context.
    baggage: Baggage,
    /// [`Origin::Span`] also where there is no frame, or where a span of others is inside it.
    pub(crate) origin: Origin,
}

impl Ambient {
    const fn new(context: Option<TraceContext>, origin: Origin) -> Self {
        Self {
            context,
            baggage: Baggage::new(),
            origin,
        }
    }

    /// What is current where a scope begins: neither a context nor the environment is that of the scope.
    #[cfg(feature = "engine")]
    pub(crate) const fn nothing() -> Self {
        Self::new(None, Origin::Passed)
    }

    pub(crate) fn baggage(&self) -> Baggage {
        self.context
            .as_ref()
            .map_or_else(|| self.baggage.clone(), |context| context.baggage().clone())
    }
}

impl From<Frame> for Ambient {
    fn from(frame: Frame) -> Self {
        Self {
            context: frame.context,
            baggage: frame.baggage,
            origin: frame.origin,
        }
    }
}

/// Whose tracing it is that code of the program does here.
pub(crate) fn realm() -> Realm {
    #[cfg(feature = "engine")]
    return crate::scope::realm();
    #[cfg(not(feature = "engine"))]
    Realm::APPLICATION
}

/// The innermost frame of a realm with its mark.
fn innermost(realm: Realm) -> Option<(Frame, Mark)> {
    with_thread(|thread| {
        let (frame, mark) = thread.stack.innermost(realm)?;
        Some((frame?.clone(), mark))
    })
    .flatten()
}

/// The context of the innermost frame of a realm, whatever others have made current inside it.
#[cfg(feature = "telemetry")]
pub(crate) fn frame_context_in(realm: Realm) -> Option<TraceContext> {
    innermost(realm)?.0.context
}

/// What is current here as a frame, for a task that continues it elsewhere. `None` outside every
/// frame: what others have made current goes along by itself.
pub(crate) fn snapshot() -> Option<Frame> {
    let (frame, mark) = innermost(realm())?;
    if mark == Mark::now(Some(&frame)) {
        return Some(frame);
    }
    // A span of others is inside ours. In the task it is entered before the frame, which so
    // would seem to be inside it.
    let ambient = ambient();
    let baggage = ambient.baggage();
    Some(Frame::new(ambient.context, ambient.origin).with_baggage(baggage))
}

/// The innermost context here, and how a new span finds it.
pub(crate) fn ambient() -> Ambient {
    ambient_in(realm())
}

/// The innermost context of a realm here, and how a new span finds it.
pub(crate) fn ambient_in(realm: Realm) -> Ambient {
    if !is_possible() {
        return Ambient::new(None, Origin::Span);
    }
    // In a scope, what others have made current is the application's.
    #[cfg(feature = "engine")]
    if !realm.is_application() {
        return innermost(realm).map_or_else(Ambient::nothing, |(frame, _)| frame.into());
    }
    match innermost(realm) {
        #[cfg(feature = "engine")]
        Some((frame, Mark::Nothing)) => frame.into(),
        #[cfg(feature = "engine")]
        Some((frame, Mark::OpenTelemetry(mark))) => inside_engine(frame, mark),
        Some((frame, Mark::Others(mark))) => match inside(Some(&frame), mark) {
            Some(theirs) => theirs,
            None => frame.into(),
        },
        None => {
            inside(None, OthersMark::default()).unwrap_or_else(|| Ambient::new(None, Origin::Span))
        }
    }
}

/// What is current in a frame of the engine.
#[cfg(feature = "engine")]
fn inside_engine(frame: Frame, mark: otel::Glance) -> Ambient {
    let now = otel::Glance::now();
    if now == mark {
        return frame.into();
    }
    if now.has_span_of(&mark) {
        return frame.with_baggage(otel::current_baggage()).into();
    }
    let Some(mut theirs) = otel::current_context() else {
        // Others have left the trace of the frame: a span that starts here is a root.
        return Ambient {
            context: None,
            baggage: otel::current_baggage(),
            origin: Origin::Span,
        };
    };
    let is_of_our_trace = frame
        .context
        .as_ref()
        .is_none_or(|ours| ours.trace_id() == theirs.trace_id());
    if is_of_our_trace && theirs.baggage().is_empty() {
        theirs = theirs.with_baggage(frame.baggage().clone());
    }
    Ambient::new(Some(theirs), Origin::Passed)
}

#[cfg(not(feature = "otel"))]
fn inside(_: Option<&Frame>, _: OthersMark) -> Option<Ambient> {
    None
}

/// What others have made current inside a frame.
#[cfg(feature = "otel")]
fn inside(frame: Option<&Frame>, entered: OthersMark) -> Option<Ambient> {
    let now = OthersMark::now();
    if now == entered {
        return None;
    }
    // Where the layer activates contexts, OpenTelemetry knows all. There the layer must not be
    // asked: it may be just starting that span, with its lock, and have called a span processor
    // that wants to know the current baggage.
    let activates = frame.is_some_and(|frame| frame.activates);
    let of_tracing = if activates {
        None
    } else {
        otel::context_of_current_span()
    };
    let of_tracing_id = of_tracing.as_ref().map(TraceContext::span_id);
    let other_baggage = !now.otel.has_baggage_of(&entered.otel);
    // Where OpenTelemetry's own current span is unchanged, the layer does not activate contexts,
    // and the span of others has to be asked.
    let theirs =
        if !activates && now.otel.has_span_of(&entered.otel) && now.tracing != entered.tracing {
            of_tracing.map(|theirs| {
                if other_baggage {
                    theirs.with_baggage(otel::current_baggage())
                } else {
                    theirs
                }
            })
        } else {
            otel::current_context()
        };
    let Some(mut theirs) = theirs else {
        let baggage = otel::current_baggage();
        // Where the layer activates contexts and there is none, others have left the trace of
        // the frame: a span that starts here is a root.
        let left = activates || frame.is_none() && !baggage.is_empty();
        return left.then_some(Ambient {
            context: None,
            baggage,
            origin: Origin::Span,
        });
    };
    // Baggage that was set in the frame is newer than what rides in OpenTelemetry's context,
    // unless that was given other baggage meanwhile.
    if let Some(frame) = frame
        && !other_baggage
        && frame
            .context
            .as_ref()
            .is_none_or(|ours| ours.trace_id() == theirs.trace_id())
    {
        theirs = theirs.with_baggage(frame.baggage().clone());
    }
    // The layer finds a span of `tracing` by itself. One of the OpenTelemetry API it finds only
    // where it activates contexts.
    let origin = if activates || of_tracing_id == Some(theirs.span_id()) {
        Origin::Span
    } else {
        Origin::Passed
    };
    Some(Ambient {
        context: Some(theirs),
        baggage: Baggage::new(),
        origin,
    })
}
