//! Between [`TraceContext`] and OpenTelemetry. Public items name types of the `opentelemetry` crate here, and in
//! the settings of `engine`; nothing else changes with its versions.
//!
//! [`SpanExt`] is for spans of `tracing`, and [`set_attribute`] and its siblings for the annotated function that is
//! running, with values of OpenTelemetry.
//!
//! What OpenTelemetry's own span context cannot hold (a `tracestate` by the level 2 grammar, flags
//! of an unsampled span, baggage with its properties) rides in its `Context` as a value.

use std::borrow::Cow;

use opentelemetry::baggage::{Baggage as OtelBaggage, BaggageExt, KeyValueMetadata};
use opentelemetry::trace::{SpanContext, TraceContextExt, TraceState as OtelTraceState};
use opentelemetry::{Context, KeyValue, Value};
use tracing::Dispatch;
use tracing::span::Id;

use crate::baggage::{Baggage, BaggageEntry};
use crate::context::{TraceContext, TraceState};
use crate::current;
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::span::OwnedValue;
use crate::wire::baggage::parse_member;

#[cfg(feature = "engine")]
mod active;
#[cfg(feature = "metrics")]
mod metrics;
mod note;
mod running;
mod span_ext;

#[cfg(feature = "engine")]
pub(crate) use active::{active, active_here};
#[cfg(feature = "metrics")]
pub use metrics::metrics_layer;
#[cfg(feature = "engine")]
pub(crate) use note::Note;
pub use running::{add_event, add_link, set_attribute, set_status};
pub use span_ext::{SetParentError, SpanExt};

/// The context that a span was given as its parent, kept for what OpenTelemetry would lose.
struct Received {
    context: Option<TraceContext>,
    baggage: Baggage,
    /// The `tracestate` as OpenTelemetry was given it. If it still is that, ours is the one to send.
    tracestate: OtelTraceState,
}

impl Received {
    /// What to send where the state of the active span is `now`: a sampler may have changed it.
    fn tracestate_now(&self, now: &OtelTraceState) -> Option<TraceState> {
        let ours = self.context.as_ref().and_then(TraceContext::tracestate);
        if self.tracestate == *now {
            return ours.cloned();
        }
        // A header that parses holds all members; one that OpenTelemetry could not parse, none.
        match ours {
            Some(ours) if self.tracestate == OtelTraceState::NONE => {
                let added: Vec<_> = now.into_iter().collect();
                let mut state = ours.clone();
                for (key, value) in added.into_iter().rev() {
                    state = state.with(key, value).unwrap_or(state);
                }
                Some(state)
            }
            _ => now.header().parse().ok(),
        }
    }
}

/// An OpenTelemetry context in which `context` is the active span: the way to hand a received
/// context to code that is instrumented with the OpenTelemetry API. Other values of the current
/// context stay in it. Allocates.
#[must_use]
pub fn to_context(context: &TraceContext) -> Context {
    let tracestate = tracestate_of(context);
    let parent = span_context_of(context, tracestate.clone());
    let surroundings = with_baggage(&current(), context.baggage());
    surroundings
        .with_value(Received {
            context: Some(context.clone()),
            baggage: context.baggage().clone(),
            tracestate,
        })
        .with_remote_span_context(parent)
}

/// The span that is named, if it is a valid one: the other end of a link.
#[cfg(feature = "engine")]
pub(crate) fn of_span_context(named: &SpanContext) -> Option<TraceContext> {
    let found = TraceContext::new(
        TraceId::from_bytes(named.trace_id().to_bytes())?,
        SpanId::from_bytes(named.span_id().to_bytes())?,
        TraceFlags::new(named.trace_flags().to_u8()),
    )
    .with_tracestate(named.trace_state().header().parse().ok());
    Some(if named.is_remote() {
        found.into_remote()
    } else {
        found
    })
}

/// The span that is active in `context`, if it is a valid one, with the baggage of `context`.
#[must_use]
pub fn from_context(context: &Context) -> Option<TraceContext> {
    let active = context.span();
    let active = active.span_context();
    let trace_id = TraceId::from_bytes(active.trace_id().to_bytes())?;
    let span_id = SpanId::from_bytes(active.span_id().to_bytes())?;
    let received = context.get::<Received>();
    let parent = received
        .and_then(|received| received.context.as_ref())
        .filter(|parent| parent.trace_id() == trace_id);

    let mut flags = TraceFlags::new(active.trace_flags().to_u8());
    if let Some(parent) = parent {
        // The SDK drops the random bit with the span that it does not sample.
        flags = parent.flags().with_sampled(flags.is_sampled());
    }
    if parent.is_none_or(|parent| parent.span_id() != span_id) {
        // A span of this process, and not what was received and is passed on as it was.
        flags = flags.with_meaning();
    }
    let theirs = active.trace_state();
    let tracestate = match received.filter(|_| parent.is_some()) {
        Some(received) => received.tracestate_now(theirs),
        None => theirs.header().parse().ok(),
    };
    let found = TraceContext::new(trace_id, span_id, flags)
        .with_tracestate(tracestate)
        .with_baggage(baggage_of(context));
    Some(if active.is_remote() {
        found.into_remote()
    } else {
        found
    })
}

/// An OpenTelemetry context without an active span: what a new trace starts in.
pub(crate) fn root_context(baggage: &Baggage) -> Context {
    if baggage.is_empty() {
        return Context::new();
    }
    with_baggage(&Context::new(), baggage).with_value(Received {
        context: None,
        baggage: baggage.clone(),
        tracestate: OtelTraceState::NONE,
    })
}

/// Which span and which baggage a context has, to see whether another context has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Trace id and span id: only together they name a span.
    span: ([u8; 16], [u8; 8]),
    /// Contexts that are made from one another share their baggage, until one gets its own. To be
    /// compared only while the context that it was taken from is alive.
    baggage: usize,
}

impl Mark {
    /// That of no context.
    #[cfg(not(feature = "engine"))]
    pub(crate) const NONE: Self = Self {
        span: ([0; 16], [0; 8]),
        baggage: 0,
    };

    fn of(context: &Context) -> Self {
        let active = context.span();
        let active = active.span_context();
        Self {
            span: (active.trace_id().to_bytes(), active.span_id().to_bytes()),
            baggage: std::ptr::from_ref(context.baggage()).addr(),
        }
    }

    /// The mark of OpenTelemetry's current context.
    pub(crate) fn now() -> Self {
        Context::map_current(Self::of)
    }

    pub(crate) fn has_span_of(&self, other: &Self) -> bool {
        self.span == other.span
    }

    pub(crate) fn has_baggage_of(&self, other: &Self) -> bool {
        self.baggage == other.baggage
    }
}

/// Neither span nor baggage.
impl Default for Mark {
    fn default() -> Self {
        Self::of(&Context::new())
    }
}

/// Which context is current, as far as its address says: cheaper than [`Mark`]. To be compared only while the
/// context that it was taken from is alive.
#[cfg(feature = "engine")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    span: usize,
    baggage: usize,
}

#[cfg(feature = "engine")]
impl Glance {
    /// A glance at OpenTelemetry's current context.
    pub(crate) fn now() -> Self {
        Context::map_current(|context| Self {
            span: std::ptr::from_ref(context.span().span_context()).addr(),
            baggage: std::ptr::from_ref(context.baggage()).addr(),
        })
    }

    pub(crate) const fn has_span_of(&self, other: &Self) -> bool {
        self.span == other.span
    }
}

/// OpenTelemetry's current context; an empty one at the end of a thread, where asking would panic.
pub(crate) fn current() -> Context {
    if current::is_possible() {
        Context::current()
    } else {
        Context::new()
    }
}

/// Whether somebody could take something from a context that belongs to a trace.
#[cfg(feature = "engine")]
pub(crate) fn is_somebodys(context: &Context) -> bool {
    context.has_active_span() || !context.baggage().is_empty() || context.is_telemetry_suppressed()
}

/// The context for what has no part in another one, but that nothing is traced there either.
#[cfg(feature = "engine")]
pub(crate) fn emptied(context: &Context) -> Context {
    let empty = Context::new();
    if context.is_telemetry_suppressed() {
        empty.with_telemetry_suppressed()
    } else {
        empty
    }
}

/// The id of the span that is active in OpenTelemetry's current context.
#[cfg(feature = "telemetry")]
pub(crate) fn current_span_id() -> Option<SpanId> {
    if !current::is_possible() {
        return None;
    }
    Context::map_current(|context| {
        SpanId::from_bytes(context.span().span_context().span_id().to_bytes())
    })
}

/// Whether OpenTelemetry's current context asks that nothing is traced.
#[cfg(feature = "engine")]
pub(crate) fn is_suppressed() -> bool {
    current::is_possible() && Context::is_current_telemetry_suppressed()
}

/// The baggage of OpenTelemetry's current context.
pub(crate) fn current_baggage() -> Baggage {
    Context::map_current(baggage_of)
}

/// [`from_context`] of OpenTelemetry's current context.
pub(crate) fn current_context() -> Option<TraceContext> {
    Context::map_current(from_context)
}

/// The context of the current `tracing` span, whatever OpenTelemetry's current context is.
pub(crate) fn context_of_current_span() -> Option<TraceContext> {
    tracing::dispatcher::get_default(|dispatch| {
        let current = dispatch.current_span();
        context_of_span(current.id()?, dispatch)
    })
}

/// The context of a span of tracing-opentelemetry.
pub(crate) fn context_of_span(id: &Id, dispatch: &Dispatch) -> Option<TraceContext> {
    from_context(&tracing_opentelemetry::get_otel_context(id, dispatch)?)
}

/// The OpenTelemetry context of `span`, which is started by asking; `None` where no layer made one.
///
/// The layer is looked for first. Behind a wrapper that hides it, `tracing_subscriber::reload` for
/// one, a span that is entered still becomes OpenTelemetry's current one.
pub(crate) fn started(span: &tracing::Span) -> Option<Context> {
    let direct = span
        .with_subscriber(|(id, dispatch)| tracing_opentelemetry::get_otel_context(id, dispatch))?;
    if let Some(context) = direct {
        return context.span().span_context().is_valid().then_some(context);
    }
    let before = Mark::now();
    let entered = span.enter();
    let context = Context::current();
    drop(entered);
    let is_its_own =
        context.span().span_context().is_valid() && !Mark::of(&context).has_span_of(&before);
    is_its_own.then_some(context)
}

fn with_baggage(context: &Context, baggage: &Baggage) -> Context {
    if baggage.is_empty() {
        return if context.baggage().is_empty() {
            context.clone()
        } else {
            context.with_cleared_baggage()
        };
    }
    context.with_baggage(baggage.entries().iter().map(|entry| {
        let text = entry.to_string();
        let properties = text
            .split_once(';')
            .map_or("", |(_, properties)| properties);
        KeyValueMetadata::new(entry.key().to_owned(), entry.value().to_owned(), properties)
    }))
}

/// The baggage of a context: as it was received, where it still is that.
pub(crate) fn baggage_of(context: &Context) -> Baggage {
    let theirs = context.baggage();
    match context.get::<Received>() {
        Some(received) if is_what_was_given(theirs, &received.baggage) => received.baggage.clone(),
        _ => read_baggage(theirs),
    }
}

fn is_what_was_given(theirs: &OtelBaggage, ours: &Baggage) -> bool {
    ours.iter().all(|(key, _)| theirs.get(key).is_some())
        && theirs
            .iter()
            .all(|(key, (value, _))| ours.get(key.as_str()) == Some(value.as_str()))
}

fn read_baggage(theirs: &OtelBaggage) -> Baggage {
    let mut baggage = Baggage::new();
    for (key, (value, properties)) in theirs {
        let Ok(mut entry) = BaggageEntry::new(key.as_str(), value.as_str()) else {
            continue;
        };
        // OpenTelemetry keeps the properties as any text; what is none of ours stays behind.
        if let Ok(whole) = parse_member(format!("{entry};{properties}").as_bytes()) {
            entry = whole;
        }
        // An entry that does not fit into the limits is left behind, as the specification allows.
        if let Ok(more) = baggage.with_entry(entry) {
            baggage = more;
        }
    }
    baggage
}

/// Attaches `context` unless entering its span has already made it, or one like it, current.
pub(crate) fn attach(context: &Context) -> Option<opentelemetry::ContextGuard> {
    (Mark::now() != Mark::of(context)).then(|| context.clone().attach())
}

/// Gives `span` its parent where the layer can be reached. Where it is hidden, the context that was
/// current when the span was made is the parent already.
pub(crate) fn set_parent(span: &tracing::Span, parent: Context) {
    // The span was made a moment ago, so `AlreadyStarted` cannot be; without a layer there is
    // nothing to set.
    let _ = tracing_opentelemetry::OpenTelemetrySpanExt::set_parent(span, parent);
}

/// Links the span of `context` to another.
pub(crate) fn link(
    context: &Context,
    to: &TraceContext,
    attributes: &[(&'static str, OwnedValue)],
) {
    let attributes = attributes
        .iter()
        .filter_map(|(key, value)| Some(KeyValue::new(*key, value_of(value)?)));
    let to = span_context_of(to, tracestate_of(to));
    context.span().add_link(to, attributes.collect());
}

fn value_of(value: &OwnedValue) -> Option<Value> {
    Some(match value {
        OwnedValue::Absent => return None,
        OwnedValue::Bool(value) => Value::Bool(*value),
        OwnedValue::I64(value) => Value::I64(*value),
        OwnedValue::F64(value) => Value::F64(*value),
        OwnedValue::Text(value) => value.clone().into(),
    })
}

/// Sets attributes of the span of `context`, if that is recorded.
pub(crate) fn set_attributes<'a>(
    context: &Context,
    attributes: impl Iterator<Item = (&'a Cow<'static, str>, &'a OwnedValue)>,
) {
    let span = context.span();
    if span.is_recording() {
        for (key, value) in attributes {
            if let Some(value) = value_of(value) {
                span.set_attribute(KeyValue::new(key.clone(), value));
            }
        }
    }
}

fn span_context_of(context: &TraceContext, tracestate: OtelTraceState) -> SpanContext {
    SpanContext::new(
        opentelemetry::TraceId::from_bytes(context.trace_id().to_bytes()),
        opentelemetry::SpanId::from_bytes(context.span_id().to_bytes()),
        opentelemetry::TraceFlags::new(context.flags().bits()),
        context.is_remote(),
        tracestate,
    )
}

/// The state of a trace as OpenTelemetry's older grammar knows it.
fn tracestate_of(context: &TraceContext) -> OtelTraceState {
    context
        .tracestate()
        .and_then(|state| state.as_str().parse().ok())
        .unwrap_or_default()
}

/// Sets the status to Error where there is a description, and ends the span of `context`.
pub(crate) fn end(context: &Context, error: Option<Cow<'static, str>>) {
    let span = context.span();
    if let Some(description) = error {
        span.set_status(opentelemetry::trace::Status::error(description));
    }
    span.end();
}
