//! The layer: spans and events of `tracing` that are not of our attributes, into the same pipeline.
//!
//! Their parent is what is current on the thread, a span of ours or of theirs; entering one puts an entry on
//! the stack that our spans look at. A span of `tracing` that is made beside one of ours is adopted: it has
//! our context, so that what is instrumented with it elsewhere is in the trace.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id, Record as Values};
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Filtered;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::Shared;
use super::filter::{OwnFilter, Raised, Sight};
use super::inbox::Inbox;
use super::local;
use super::record::Record;
use super::visit::{EventFields, SpanFields};
use crate::baggage::Baggage;
use crate::context::TraceContext;
use crate::current::{self, Entry, Foreign, Frame, Origin, Settled};
use crate::span::{Kind, SpanSite};

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

/// A function that knows the type of the subscriber.
type WithOpen = fn(&Dispatch, &Id, &mut dyn FnMut(&mut Open));

/// The layer with its filter.
pub(crate) type EngineLayer<S, F> = Filtered<Recorder, OwnFilter<F>, S>;

/// What is known of an open span of `tracing`.
pub(crate) enum Open {
    /// It is recorded here.
    Recording(Box<Recording>),
    /// It stands beside one of ours.
    Adopted(Adopted),
}

/// A span of ours, as the span of `tracing` beside it knows it.
pub(crate) struct Adopted {
    pub(crate) context: TraceContext,
    /// None where it is not recorded.
    pub(crate) inbox: Option<Arc<Inbox>>,
    /// None where contexts are not activated.
    pub(crate) otel: Option<opentelemetry::Context>,
}

impl Adopted {
    /// The context in which the span of ours is OpenTelemetry's active span.
    pub(crate) fn otel(&self) -> opentelemetry::Context {
        match &self.otel {
            Some(otel) => otel.clone(),
            None => crate::otel::active_here(&self.context, self.inbox.clone()),
        }
    }
}

/// An open span of others.
pub(crate) struct Recording {
    pub(crate) record: Record,
    pub(crate) context: TraceContext,
    pub(crate) kind: Kind,
    metadata: &'static Metadata<'static>,
    /// Whether somebody knows the context, so that nothing of it can change any more.
    settled: bool,
    /// The context in which it is OpenTelemetry's active span, and before it is settled what is around it. None
    /// where contexts are not activated.
    otel: Option<opentelemetry::Context>,
}

impl Recording {
    /// A span that is about to start, in the memory of one that has ended.
    fn new(metadata: &'static Metadata<'static>) -> Box<Self> {
        let spare = current::with_thread(|thread| thread.engine.recordings.pop());
        if let Some(mut recording) = spare.flatten() {
            recording.metadata = metadata;
            return recording;
        }
        Box::new(Self {
            record: Record::default(),
            context: TraceContext::NONE,
            kind: Kind::Internal,
            metadata,
            settled: false,
            otel: None,
        })
    }

    /// Keeps the memory of a span that has ended.
    fn give_back(mut self: Box<Self>) {
        self.otel = None;
        self.context = TraceContext::NONE;
        self.settled = false;
        self.kind = Kind::Internal;
        if self.record.recycle() {
            current::with_thread(|thread| thread.engine.keep(self));
        }
    }

    /// Whether this engine records it.
    fn is_of(&self, engine: &Shared) -> bool {
        self.record.engine() == engine.number
    }

    /// Somebody is about to know the context.
    fn settle(&mut self) {
        if self.settled {
            return;
        }
        self.settled = true;
        self.record.decide();
        self.record
            .tell_started(Some(&self.context), self.metadata.name());
        if let Some(surroundings) = self.otel.take() {
            let inbox = self.record.share();
            self.otel = Some(crate::otel::active(&self.context, inbox, &surroundings));
        }
    }

    /// The context in which this is OpenTelemetry's active span.
    pub(crate) fn otel(&mut self) -> opentelemetry::Context {
        self.settle();
        match &self.otel {
            Some(otel) => otel.clone(),
            None => crate::otel::active_here(&self.context, self.record.share()),
        }
    }

    /// Moves the span below another one; `false` where it is settled, or the engine is gone.
    pub(crate) fn set_parent(&mut self, parent: opentelemetry::Context) -> bool {
        if self.settled {
            return false;
        }
        let below = crate::otel::from_context(&parent);
        let baggage = crate::otel::baggage_of(&parent);
        let Some(context) = self.record.start_below(&self.context, below.as_ref()) else {
            return false;
        };
        self.context = context.with_baggage(baggage);
        self.otel = self.otel.take().map(|_| parent);
        true
    }
}

impl Open {
    /// The context, which somebody is about to know.
    fn context(&mut self) -> &TraceContext {
        match self {
            Self::Recording(recording) => {
                recording.settle();
                &recording.context
            }
            Self::Adopted(adopted) => &adopted.context,
        }
    }
}

/// The context of a span of the subscriber.
fn context_of<S>(ctx: &Context<'_, S>, id: &Id) -> Option<TraceContext>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let span = ctx.span(id)?;
    let mut extensions = span.extensions_mut();
    Some(extensions.get_mut::<Open>()?.context().clone())
}

/// Where a new span is.
struct Surroundings {
    parent: Option<TraceContext>,
    link: Option<TraceContext>,
    /// Where it is not that of the parent.
    baggage: Option<Baggage>,
}

impl Surroundings {
    fn of<S>(attributes: &Attributes<'_>, ctx: &Context<'_, S>, activates: bool) -> Self
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        if !attributes.is_contextual() {
            return Self::below(attributes.parent().and_then(|id| context_of(ctx, id)));
        }
        if !activates {
            match current::settled() {
                Settled::Outside => return Self::below(None),
                Settled::Below(parent) => return Self::below(Some(parent)),
                Settled::Not => {}
            }
        }
        let ambient = current::ambient();
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

impl<S> Layer<S> for Recorder
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else {
            return;
        };
        let metadata = attributes.metadata();
        if SpanSite::is_site(metadata) {
            if let Ok(Some(adopted)) = ADOPTED.try_with(RefCell::take) {
                span.extensions_mut().replace(Open::Adopted(adopted));
            }
            return;
        }
        // Exporters of OpenTelemetry ask that their own work is not traced: it would never end.
        if self.shared.is_closed() || crate::otel::is_suppressed() {
            return;
        }
        let handle = local::handle(&self.shared);
        let activates = self.shared.config.activates;
        let Surroundings {
            parent,
            link,
            baggage,
        } = Surroundings::of(attributes, &ctx, activates);
        let mut recording = Recording::new(metadata);
        let record = &mut recording.record;
        let Some(context) = local::start(record, &handle, parent.as_ref()) else {
            return;
        };
        // Whoever gives this span a parent later decides on its sampling.
        record.write_until_decided();
        recording.context = match baggage {
            Some(baggage) => context.with_baggage(baggage),
            None => context,
        };
        if record.is_sampled() {
            let limits = *record.limits();
            // Nobody can look at the span yet, whatever its values run.
            let mut fields = SpanFields::new(record.body_mut(), &limits);
            attributes.record(&mut fields);
            recording.kind = fields.kind.unwrap_or(Kind::Internal);
        }
        if let Some(link) = &link {
            record.link(link);
        }
        if activates {
            recording.otel = Some(crate::otel::current());
        }
        let mut extensions = span.extensions_mut();
        // In a subscriber with two engines a span is of one of them.
        if extensions.get_mut::<Open>().is_none() {
            extensions.insert(Open::Recording(recording));
        }
    }

    fn on_record(&self, id: &Id, values: &Values<'_>, ctx: Context<'_, S>) {
        if OURS.get() {
            return;
        }
        let Some(span) = ctx.span(id) else {
            return;
        };
        // What is written may come from code that asks for this span: nothing is locked meanwhile.
        let (limits, ours) = match span.extensions().get::<Open>() {
            Some(Open::Recording(recording))
                if recording.is_of(&self.shared) && recording.record.is_sampled() =>
            {
                (*recording.record.limits(), None)
            }
            Some(Open::Adopted(Adopted {
                inbox: Some(inbox), ..
            })) if inbox.engine() == self.shared.number => {
                (*inbox.limits(), Some(Arc::clone(inbox)))
            }
            _ => return,
        };
        let mut body = local::scratch();
        let mut fields = SpanFields::new(&mut body, &limits);
        values.record(&mut fields);
        let kind = fields.kind;
        if let Some(inbox) = &ours {
            inbox.append(&body);
        } else if let Some(Open::Recording(recording)) = span.extensions_mut().get_mut::<Open>() {
            recording.record.append(&body);
            recording.kind = kind.unwrap_or(recording.kind);
        }
        local::give_back(body);
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, ctx: Context<'_, S>) {
        let Some(followed) = context_of(&ctx, follows) else {
            return;
        };
        let Some(span) = ctx.span(id) else {
            return;
        };
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<Open>() {
            Some(Open::Recording(recording)) if recording.is_of(&self.shared) => {
                recording.record.link(&followed);
            }
            Some(Open::Adopted(Adopted {
                inbox: Some(inbox), ..
            })) if inbox.engine() == self.shared.number => inbox.write(|body, limits| {
                if body.link(limits, &followed) {
                    body.end();
                }
            }),
            _ => {}
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        if event.is_root() {
            return;
        }
        let explicit = event.parent().and_then(|id| ctx.span(id));
        let Some(place) = (match &explicit {
            Some(span) => Place::of_span(span, &self.shared),
            None if event.is_contextual() => Place::current(self.shared.number),
            None => None,
        }) else {
            return;
        };
        let limits = match &place {
            Place::Ours(context) => with_record_of(context, |record| {
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
        let mut fields = EventFields::begin(
            local::scratch(),
            &limits,
            &self.shared.config,
            event.metadata(),
        );
        event.record(&mut fields);
        let body = fields.end();
        match &place {
            Place::Ours(context) => {
                with_record_of(context, |record| record.append(&body));
            }
            Place::Shared(inbox) => inbox.append(&body),
            Place::Theirs(id) => {
                with_recording(&ctx, id, |recording| recording.record.append(&body));
            }
        }
        local::give_back(body);
    }

    fn on_enter(&self, id: &Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else {
            return;
        };
        if !current::is_possible() {
            return;
        }
        let (context, otel, inbox) = match span.extensions_mut().get_mut::<Open>() {
            Some(Open::Recording(recording)) if recording.is_of(&self.shared) => {
                recording.settle();
                (recording.context.clone(), recording.otel.clone(), None)
            }
            Some(Open::Adopted(Adopted {
                context,
                inbox,
                otel,
            })) => (context.clone(), otel.clone(), inbox.clone()),
            _ => return,
        };
        let mut frame = Frame::new(Some(context), Origin::Engine);
        frame.activates = otel.is_some();
        frame.inbox = inbox;
        let attached = otel.map(opentelemetry::Context::attach);
        let foreign = Foreign {
            engine: self.shared.number,
            id: id.clone(),
            frame,
            attached,
        };
        current::enter_foreign(foreign);
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        drop(current::exit_foreign(self.shared.number, id));
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(&id) else {
            return;
        };
        let open = span.extensions_mut().remove::<Open>();
        if let Some(Open::Recording(mut recording)) = open {
            // Nobody can look at it through OpenTelemetry any more.
            recording.otel = None;
            recording.settle();
            let Recording {
                record,
                context,
                kind,
                ..
            } = &mut *recording;
            record.end(span.metadata(), *kind, Some(context));
            recording.give_back();
        }
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
    fn of_span<S>(span: &SpanRef<'_, S>, engine: &Shared) -> Option<Self>
    where
        S: for<'span> LookupSpan<'span>,
    {
        match span.extensions().get::<Open>()? {
            Open::Recording(recording) => recording.is_of(engine).then(|| Self::Theirs(span.id())),
            Open::Adopted(adopted) => Self::of_inbox(adopted.inbox.as_ref()?, engine.number),
        }
    }

    /// The innermost span on this thread. What is outside of a task has no part in it, but for the span of
    /// `tracing` that the task has brought along.
    fn current(engine: u64) -> Option<Self> {
        let mut brought = None;
        current::find(|entry| match (entry, &brought) {
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
            (Entry::Task(None), None) | (_, Some(_)) => Some(None),
            (Entry::Span(_), None) => None,
        })
        .flatten()
    }

    fn of_inbox(inbox: &Arc<Inbox>, engine: u64) -> Option<Self> {
        (inbox.engine() == engine).then(|| Self::Shared(Arc::clone(inbox)))
    }
}

fn with_recording<S, R>(
    ctx: &Context<'_, S>,
    id: &Id,
    f: impl FnOnce(&mut Recording) -> R,
) -> Option<R>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let span = ctx.span(id)?;
    let mut extensions = span.extensions_mut();
    match extensions.get_mut::<Open>()? {
        Open::Recording(recording) => Some(f(recording)),
        Open::Adopted(_) => None,
    }
}

/// Shows the record of the span of ours that has this context, if it runs on this thread.
fn with_record_of<R>(context: &TraceContext, f: impl FnOnce(&mut Record) -> R) -> Option<R> {
    let mut f = Some(f);
    current::find(|entry| match entry {
        Entry::Span(active) if active.owned && active.frame.context.as_ref() == Some(context) => {
            f.take().map(|f| f(&mut active.record))
        }
        _ => None,
    })
}
