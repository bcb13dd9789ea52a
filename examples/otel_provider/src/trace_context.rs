//! Contexts for messages that hold them as text: what [`TraceContext`] is for, and nothing of the events of a session.
//!
//! An annotated handler needs neither of the two: `#[request_span]` reads the parent from the message, and
//! `#[carries_trace]` writes the current context into one.

use tracing::Span;
use tracing_relay::otel::{self, SpanExt as _};
use tracing_relay::{TraceContext, current_context};

/// The context of the current span; `None` outside of a trace. Its `traceparent()` and `tracestate()` are the texts.
#[must_use]
pub fn current_span_w3c_trace_context() -> Option<TraceContext> {
    current_context()
}

/// Makes the span of a received context the parent of this one, and says whether that was done: the span has to be
/// recorded, and not to have started.
///
/// ```
/// use otel_provider::set_parent_from_w3c_trace_context;
/// use tracing_relay::TraceContext;
///
/// let received: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
/// let span = tracing::info_span!("request");
/// assert!(!set_parent_from_w3c_trace_context(&span, &received), "nobody records it");
/// # Ok::<(), tracing_relay::InvalidCarrier>(())
/// ```
#[must_use = "the span may be in another trace than its sender"]
pub fn set_parent_from_w3c_trace_context(span: &Span, context: &TraceContext) -> bool {
    span.set_parent(otel::to_context(context)).is_ok()
}
