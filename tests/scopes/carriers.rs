//! What comes into a scope, and what leaves it.

use tracing_relay::testing::{Kind, Pipeline};
use tracing_relay::{
    TraceCarrier, TraceContext, TraceScope, assert_trace, current_context, relay_traced,
};

static RELAY: TraceScope = TraceScope::new("relay");

const TRACEPARENT: &str = "00-00000000000000000000000000000011-0000000000000022-01";

#[relay_traced(scope = RELAY, carrier = trace, trust = authenticated)]
fn mint(trace: &TraceCarrier, authenticated: bool) -> TraceCarrier {
    TraceCarrier::capture()
}

#[relay_traced(scope = RELAY, kind = "client")]
fn call(trace: &mut TraceCarrier) {}

fn inbound() -> TraceCarrier {
    let context: TraceContext = TRACEPARENT.parse().expect("it is a traceparent");
    TraceCarrier::from(context)
}

#[test]
fn s26_an_authenticated_caller_is_continued_and_another_is_not() {
    Pipeline::new().scope(&RELAY).run_sync(|traces| {
        let captured = tracing::info_span!("user").in_scope(|| mint(&inbound(), true));
        let spans = traces.of_scope(&RELAY);
        assert_trace!(
            spans,
            "internal mint <- remote 00000000000000000000000000000011-0000000000000022"
        );
        assert_eq!(
            captured.context().map(TraceContext::span_id),
            Some(spans.span("mint").span_id())
        );
        spans.clear();
        mint(&inbound(), false);
        assert_trace!(spans, "internal mint");
    });
}

#[test]
fn an_outgoing_carrier_is_the_scopes() {
    Pipeline::new().scope(&RELAY).run_sync(|traces| {
        let mut trace = TraceCarrier::none();
        tracing::info_span!("user").in_scope(|| call(&mut trace));
        let span = traces.of_scope(&RELAY).span("call");
        assert_eq!(span.kind(), Kind::Client);
        assert_eq!(
            trace.context().map(TraceContext::span_id),
            Some(span.span_id())
        );
        assert_eq!(current_context(), None);
    });
}
