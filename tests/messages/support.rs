//! Contexts and spans for the tests.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_relay::{TraceContext, current_context};
use tracing_subscriber::layer::SubscriberExt as _;

pub(crate) const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
pub(crate) const OTHER: &str = "00-11111111111111111111111111111111-2222222222222222-00";

/// A context that came from somewhere else.
pub(crate) fn remote(traceparent: &str) -> TraceContext {
    traceparent.parse().expect("a valid traceparent")
}

/// A context with everything that can travel.
pub(crate) fn full() -> TraceContext {
    let baggage = remote(TRACEPARENT)
        .baggage()
        .with("user.tier", "gold, silver")
        .expect("within the limits");
    remote(TRACEPARENT)
        .with_tracestate(Some(
            "vendor=value,other=x".parse().expect("within the grammar"),
        ))
        .with_baggage(baggage)
}

/// Runs `body` in a span, and hands it the span's context.
pub(crate) fn in_span<R>(body: impl FnOnce(TraceContext) -> R) -> R {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("messages"));
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("sender")
            .in_scope(|| body(current_context().expect("the span has a context")))
    })
}
