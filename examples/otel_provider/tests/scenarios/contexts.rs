//! Contexts from and for messages, without a session.

use otel_provider::{current_span_w3c_trace_context, set_parent_from_w3c_trace_context};
use tracing_relay::TraceContext;

use crate::memory::{dispatch, in_memory};

const RECEIVED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[test]
fn a_received_context_is_the_parent_and_what_is_passed_on_is_of_its_trace() {
    let (memory, provider) = in_memory();
    let received: TraceContext = RECEIVED.parse().unwrap();
    let passed_on = tracing::dispatcher::with_default(&dispatch(&provider), || {
        let span = tracing::info_span!("request");
        assert!(set_parent_from_w3c_trace_context(&span, &received));
        span.in_scope(current_span_w3c_trace_context).unwrap()
    });
    assert_eq!(current_span_w3c_trace_context(), None);
    assert_eq!(provider.shutdown(), Ok(()));

    let [request] = &memory.spans.get_finished_spans().unwrap()[..] else {
        panic!("one span");
    };
    assert_eq!(passed_on.trace_id(), received.trace_id());
    assert_eq!(request.parent_span_id.to_string(), "b7ad6b7169203331");
    assert_eq!(
        request.span_context.span_id().to_string(),
        passed_on.span_id().to_string()
    );
}

#[test]
fn a_span_that_has_started_keeps_its_parent() {
    let (_memory, provider) = in_memory();
    let received: TraceContext = RECEIVED.parse().unwrap();
    tracing::dispatcher::with_default(&dispatch(&provider), || {
        let span = tracing::info_span!("request");
        span.in_scope(|| {});
        assert!(current_span_w3c_trace_context().is_none());
        assert!(!set_parent_from_w3c_trace_context(&span, &received));
    });
}
