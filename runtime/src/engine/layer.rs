//! The layer: spans and events of `tracing` that are not of our attributes, into the same pipeline.
//!
//! A span of `tracing` that is made beside one of ours is adopted: it has
//! our context, so that what is instrumented with it elsewhere is in the trace.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id, Record as Values};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use super::Shared;
use super::filter::{OwnFilter, Raised, Sight};
use super::inbox::Inbox;
use super::local;
use super::open::{Adopted, Open, Recording};
use super::others::{self, OpenSpans};
use super::record::Record;
use super::visit::EventFields;
use crate::context::TraceContext;
use crate::current::{self, Entry, Realm};
use crate::scope::ScopeSubscriber;
use crate::span::Site;

thread_local! {
    /// The span of ours whose span of `tracing` is just being made.
    static ADOPTED: RefCell<Option<Adopted>> = const { RefCell::new(None) };
    /// Whether what is recorded on a span of `tracing` is in the record already.
    static OURS: Cell<bool> = const { Cell::new(false) };
}

/// Makes a span of `tracing` beside one of ours.
pub(crate) fn adopt<R>(adopted: Option<Adopted>, make: impl FnOnce() -> R) -> R {
    let _ = ADOPTED.try_with(|place| place.replace(adopted));
    let made = make();
    // Where nobody has taken it, it is dropped here, when nothing is borrowed.
    drop(ADOPTED.try_with(RefCell::take));
    made
}

/// Records on the span of `tracing` beside one of ours what is in the record already.
pub(crate) fn recording_beside(record: impl FnOnce()) {
    let _ours = Raised::new(&OURS, true);
    record();
}

pub(crate) fn new<S, F>(shared: &Arc<Shared>, filter: F) -> EngineLayer<S, F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    F: Filter<S> + 'static,
{
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let recorder = Recorder {
        number: NEXT.fetch_add(1, Ordering::Relaxed),
        sight: Sight::new(),
        shared: Arc::clone(shared),
        with_open: with_open::<S>,
    };
    recorder.with_filter(OwnFilter::new(Arc::clone(shared), filter))
}

/// Shows a span of a subscriber to `f`.
fn with_open<S>(dispatch: &Dispatch, id: &Id, f: &mut dyn FnMut(&mut Open))
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    if let Some(subscriber) = dispatch.downcast_ref::<S>()
        && let Some(span) = subscriber.span(id)
        && let Some(open) = span.extensions_mut().get_mut::<Open>()
    {
        f(open);
    }
}

/// Records what the filter lets through. Its type is the same in all subscribers, and so it is found there.
pub(crate) struct Recorder {
    pub(crate) shared: Arc<Shared>,
    /// Not that of any other layer: an engine may have layers in several subscribers, each with its filters.
    pub(super) number: u64,
    pub(super) sight: Sight,
    /// Shows a span of the subscriber.
    pub(crate) with_open: WithOpen,
}

impl Recorder {
    /// That of the subscriber of a scope, which is no layer.
    pub(crate) fn of_scope(shared: &Arc<Shared>, with_open: WithOpen) -> Self {
        Self {
            shared: Arc::clone(shared),
            number: 0,
            sight: Sight::seen(),
            with_open,
        }
    }

    /// The one in a subscriber: of an engine's layer, or of a scope.
    pub(crate) fn of(dispatch: &Dispatch) -> Option<&Self> {
        dispatch
            .downcast_ref::<Self>()
            .or_else(|| ScopeSubscriber::of(dispatch).map(ScopeSubscriber::recorder))
    }
}

/// A function that knows the type of the subscriber.
pub(crate) type WithOpen = fn(&Dispatch, &Id, &mut dyn FnMut(&mut Open));

/// The layer with its filter.
pub(crate) type EngineLayer<S, F> = Filtered<Recorder, OwnFilter<F>, S>;

impl<S> Layer<S> for Recorder
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else {
            return;
        };
        if Site::is_site(attributes.metadata()) {
            if let Ok(Some(adopted)) = ADOPTED.try_with(RefCell::take) {
                span.extensions_mut().replace(Open::Adopted(adopted));
            }
            return;
        }
        if let Some(recording) = others::start(&self.shared, attributes, &ctx) {
            let mut extensions = span.extensions_mut();
            // In a subscriber with two engines a span is of one of them.
            if extensions.get_mut::<Open>().is_none() {
                extensions.insert(Open::Recording(recording));
            }
        }
    }

    fn on_record(&self, id: &Id, values: &Values<'_>, ctx: Context<'_, S>) {
        if !OURS.get() {
            others::record(&self.shared, id, values, &ctx);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, ctx: Context<'_, S>) {
        others::follow(&self.shared, id, follows, &ctx);
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let (config, metadata) = (&self.shared.config, event.metadata());
        if event.is_root() || !config.wants_event(metadata) {
            return;
        }
        let place = match event.parent() {
            Some(id) => ctx.open(id, |open| Place::of_open(open, id, &self.shared)),
            None => Some(Place::current(&self.shared)),
        };
        let Some(place) = place.flatten() else {
            return;
        };
        let realm = self.shared.realm();
        let limits = match &place {
            Place::Ours(context) => with_record_of(realm, context, |record| {
                record.is_sampled().then(|| *record.limits())
            })
            .flatten(),
            Place::Shared(inbox) => inbox.is_open().then(|| *inbox.limits()),
            Place::Theirs(id) => with_recording(&ctx, id, |recording| {
                recording
                    .record
                    .is_sampled()
                    .then(|| *recording.record.limits())
            })
            .flatten(),
        };
        let Some(limits) = limits else {
            return;
        };
        let mut body = local::scratch();
        if config.keeps_event(metadata) {
            let mut fields = EventFields::begin(body, &limits, config, metadata);
            event.record(&mut fields);
            fields.add_session(realm);
            body = fields.end();
        } else {
            body.error_unless_set();
        }
        match &place {
            Place::Ours(context) => {
                with_record_of(realm, context, |record| record.append(&body));
            }
            Place::Shared(inbox) => inbox.append(&body),
            Place::Theirs(id) => {
                with_recording(&ctx, id, |recording| recording.record.append(&body));
            }
        }
        local::give_back(body);
    }

    fn on_enter(&self, id: &Id, ctx: Context<'_, S>) {
        others::enter(&self.shared, id, &ctx);
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        others::exit(&self.shared, id);
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(&id) else {
            return;
        };
        let open = span.extensions_mut().remove::<Open>();
        if let Some(open) = open {
            open.close();
        }
    }
}

impl<S> OpenSpans for Context<'_, S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn open<R>(&self, id: &Id, f: impl FnOnce(&mut Open) -> R) -> Option<R> {
        let span = self.span(id)?;
        let mut extensions = span.extensions_mut();
        extensions.get_mut::<Open>().map(f)
    }
}

/// The span that an event belongs to.
enum Place {
    /// One of ours, that runs on this thread.
    Ours(TraceContext),
    /// One of ours, that runs anywhere.
    Shared(Arc<Inbox>),
    Theirs(Id),
}

impl Place {
    fn of_open(open: &Open, id: &Id, engine: &Shared) -> Option<Self> {
        match open {
            Open::Recording(recording) => recording.is_of(engine).then(|| Self::Theirs(id.clone())),
            Open::Adopted(adopted) => Self::of_inbox(adopted.inbox.as_ref()?, engine.number),
        }
    }

    /// The innermost span on this thread. What is outside of a task has no part in it, but for the span of
    /// `tracing` that the task has brought along.
    fn current(engine: &Shared) -> Option<Self> {
        let (engine, realm) = (engine.number, engine.realm());
        let mut brought = None;
        current::find(realm, |entry| match (entry, &brought) {
            (Entry::Span(active), None) if active.record.engine() == engine => {
                Some(active.frame.context.clone().map(Self::Ours))
            }
            // Another subscriber may have given the same id to a span of its own.
            (Entry::Foreign(foreign), _) if foreign.engine != engine => None,
            (Entry::Foreign(foreign), None) => Some(match &foreign.frame.inbox {
                Some(inbox) => Self::of_inbox(inbox, engine),
                None => Some(Self::Theirs(foreign.id.clone())),
            }),
            (Entry::Task(Some(frame)), None) => {
                if let Some(inbox) = &frame.inbox {
                    return Some(Self::of_inbox(inbox, engine));
                }
                brought = Some(frame.context.as_ref().map(TraceContext::span_id));
                None
            }
            (Entry::Foreign(foreign), Some(brought)) => {
                let span_id = foreign.frame.context.as_ref().map(TraceContext::span_id);
                Some((span_id == *brought).then(|| Self::Theirs(foreign.id.clone())))
            }
            (Entry::Task(None) | Entry::Outside(_), None) | (_, Some(_)) => Some(None),
            (Entry::Span(_), None) => None,
        })
        .flatten()
    }

    fn of_inbox(inbox: &Arc<Inbox>, engine: u64) -> Option<Self> {
        (inbox.engine() == engine).then(|| Self::Shared(Arc::clone(inbox)))
    }
}

fn with_recording<R>(
    spans: &impl OpenSpans,
    id: &Id,
    f: impl FnOnce(&mut Recording) -> R,
) -> Option<R> {
    spans
        .open(id, |open| match open {
            Open::Recording(recording) => Some(f(recording)),
            Open::Adopted(_) => None,
        })
        .flatten()
}

/// Shows the record of the span of ours that has this context, if it runs on this thread.
fn with_record_of<R>(
    realm: Realm,
    context: &TraceContext,
    f: impl FnOnce(&mut Record) -> R,
) -> Option<R> {
    let mut f = Some(f);
    current::find(realm, |entry| match entry {
        Entry::Span(active) if active.owned && active.frame.context.as_ref() == Some(context) => {
            f.take().map(|f| f(&mut active.record))
        }
        _ => None,
    })
}
