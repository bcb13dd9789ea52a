//! The context in which a span of the engine is OpenTelemetry's active span.
//!
//! It is made for every span where contexts are activated, so it takes what is in the surroundings as it is,
//! wherever that says the same: then it costs the two allocations of OpenTelemetry's own span.

use std::borrow::Cow;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceState as OtelTraceState};

use super::{Received, baggage_of, with_baggage};
use crate::context::TraceContext;
use crate::current;
use crate::engine::{ApiSpan, Inbox};

/// The surroundings with the span of `context` as their active one. What is done to it goes to its inbox;
/// without one it records nothing.
pub(crate) fn active(
    context: &TraceContext,
    inbox: Option<Arc<Inbox>>,
    surroundings: &Context,
) -> Context {
    let tracestate: OtelTraceState = context
        .tracestate()
        .and_then(|state| state.as_str().parse().ok())
        .unwrap_or_default();
    let surroundings = carrying(context, &tracestate, surroundings);
    let span_context = SpanContext::new(
        opentelemetry::TraceId::from_bytes(context.trace_id().to_bytes()),
        opentelemetry::SpanId::from_bytes(context.span_id().to_bytes()),
        opentelemetry::TraceFlags::new(context.flags().bits()),
        false,
        tracestate,
    );
    match inbox {
        Some(inbox) => surroundings.with_span(ApiSpan::new(span_context, inbox)),
        None => surroundings.with_remote_span_context(span_context),
    }
}

/// [`active`] in the surroundings of this thread.
pub(crate) fn active_here(context: &TraceContext, inbox: Option<Arc<Inbox>>) -> Context {
    if current::is_possible() {
        Context::map_current(|surroundings| active(context, inbox, surroundings))
    } else {
        active(context, inbox, &Context::new())
    }
}

/// The surroundings with the baggage of the span, and with what OpenTelemetry's span context would lose.
fn carrying<'a>(
    context: &TraceContext,
    tracestate: &OtelTraceState,
    surroundings: &'a Context,
) -> Cow<'a, Context> {
    let of_this_trace = surroundings
        .get::<Received>()
        .and_then(|received| received.context.as_ref())
        .filter(|received| received.trace_id() == context.trace_id());
    let says_the_same = match of_this_trace {
        Some(received) => received.tracestate() == context.tracestate(),
        // The SDK drops the random bit with the span that it does not sample.
        None => context.tracestate().is_none() && context.flags().is_sampled(),
    };
    let has_the_same_baggage = if context.baggage().is_empty() {
        surroundings.baggage().is_empty()
    } else {
        baggage_of(surroundings) == *context.baggage()
    };
    if says_the_same && has_the_same_baggage {
        return Cow::Borrowed(surroundings);
    }
    let received = Received {
        context: Some(context.clone()),
        baggage: context.baggage().clone(),
        tracestate: tracestate.clone(),
    };
    Cow::Owned(with_baggage(surroundings, context.baggage()).with_value(received))
}
