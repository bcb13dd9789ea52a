//! Between [`TraceContext`] and OpenTelemetry: the only module whose public items name types of
//! the `opentelemetry` crate, and so the only one that changes with its versions.
//!
//! What OpenTelemetry's own span context cannot hold (a `tracestate` by the level 2 grammar, flags
//! of an unsampled span, baggage with its properties) rides in its `Context` as a value.

use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry::{Context, KeyValue};

use crate::baggage::Baggage;
use crate::context::{TraceContext, TraceState};
use crate::ids::{SpanId, TraceFlags, TraceId};

/// The context that a span was given as its parent, kept for what OpenTelemetry would lose.
struct Received {
    context: Option<TraceContext>,
    baggage: Baggage,
    /// The `tracestate` as OpenTelemetry was given it. If it still is that, ours is the one to send.
    tracestate: opentelemetry::trace::TraceState,
}

/// An OpenTelemetry context in which `context` is the active span: the way to hand a received
/// context to code that is instrumented with the OpenTelemetry API. Other values of the current
/// context stay in it. Allocates.
#[must_use]
pub fn to_context(context: &TraceContext) -> Context {
    let tracestate: opentelemetry::trace::TraceState = context
        .tracestate()
        .and_then(|state| state.as_str().parse().ok())
        .unwrap_or_default();
    let parent = SpanContext::new(
        opentelemetry::TraceId::from_bytes(context.trace_id().to_bytes()),
        opentelemetry::SpanId::from_bytes(context.span_id().to_bytes()),
        opentelemetry::TraceFlags::new(context.flags().bits()),
        context.is_remote(),
        tracestate.clone(),
    );
    let surroundings = with_baggage(&Context::current(), context.baggage());
    surroundings
        .with_value(Received {
            context: Some(context.clone()),
            baggage: context.baggage().clone(),
            tracestate,
        })
        .with_remote_span_context(parent)
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
    let mut tracestate = None;
    match (parent, received) {
        (Some(parent), Some(received)) if received.tracestate == *active.trace_state() => {
            tracestate = parent.tracestate().cloned();
            flags = parent.flags().with_sampled(flags.is_sampled());
        }
        _ => {
            let theirs = active.trace_state().header();
            if !theirs.is_empty() {
                tracestate = Some(TraceState::from_checked(theirs));
            }
        }
    }
    let baggage = received.map_or_else(
        || read_baggage(context),
        |received| received.baggage.clone(),
    );
    let found = TraceContext::new(trace_id, span_id, flags)
        .with_tracestate(tracestate)
        .with_baggage(baggage);
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
        tracestate: opentelemetry::trace::TraceState::default(),
    })
}

/// The id of the span that is active in OpenTelemetry's current context; zero without one.
pub(crate) fn current_span_id() -> [u8; 8] {
    Context::map_current(|context| {
        if context.has_active_span() {
            context.span().span_context().span_id().to_bytes()
        } else {
            [0; 8]
        }
    })
}

/// [`from_context`] of OpenTelemetry's current context.
pub(crate) fn current_context() -> Option<TraceContext> {
    Context::map_current(from_context)
}

/// The context of the current `tracing` span, whatever OpenTelemetry's current context is.
pub(crate) fn context_of_current_span() -> Option<TraceContext> {
    tracing::dispatcher::get_default(|dispatch| {
        let current = dispatch.current_span();
        tracing_opentelemetry::get_otel_context(current.id()?, dispatch)
    })
    .as_ref()
    .and_then(from_context)
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
    let before = current_span_id();
    let entered = span.enter();
    let context = Context::current();
    drop(entered);
    let span_id = context.span().span_context().span_id().to_bytes();
    (span_id != before && span_id != [0; 8]).then_some(context)
}

fn with_baggage(context: &Context, baggage: &Baggage) -> Context {
    if baggage.is_empty() {
        return if context.baggage().is_empty() {
            context.clone()
        } else {
            context.with_cleared_baggage()
        };
    }
    context.with_baggage(
        baggage
            .iter()
            .map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned())),
    )
}

fn read_baggage(context: &Context) -> Baggage {
    let mut baggage = Baggage::new();
    for (key, (value, _)) in context.baggage() {
        // An entry that does not fit into the limits is left behind, as the specification allows.
        if let Ok(more) = baggage.with(key.as_str(), value.as_str()) {
            baggage = more;
        }
    }
    baggage
}

/// Attaches `context` unless entering its span has already made it current.
pub(crate) fn attach(context: &Context) -> Option<opentelemetry::ContextGuard> {
    let wanted = context.span().span_context().span_id().to_bytes();
    (current_span_id() != wanted).then(|| context.clone().attach())
}

/// Gives `span` its parent where the layer can be reached. Where it is hidden, the context that was
/// current when the span was made is the parent already.
pub(crate) fn set_parent(span: &tracing::Span, parent: Context) {
    // The span was made a moment ago, so `AlreadyStarted` cannot be; without a layer there is
    // nothing to set.
    let _ = tracing_opentelemetry::OpenTelemetrySpanExt::set_parent(span, parent);
}

/// Links the span of `context` to another.
pub(crate) fn link(context: &Context, to: &TraceContext) {
    context
        .span()
        .add_link(to_context(to).span().span_context().clone(), Vec::new());
}

/// Sets the status to Error where there is a description, and ends the span of `context`.
pub(crate) fn end(context: &Context, error: Option<String>) {
    let span = context.span();
    if let Some(description) = error {
        span.set_status(opentelemetry::trace::Status::error(description));
    }
    span.end();
}
