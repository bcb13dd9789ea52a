//! What can be a carrier, and how many fields there can be.

use std::sync::Arc;

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, TraceContext, traced};

use super::remote;

/// A carrier can be anything that implements the trait, as long as it is one parameter.
mod parameters {
    use std::sync::Arc;

    use tracing_relay::{CarriesTrace, TraceCarrier, request_span, traced};

    pub(super) type Alias = TraceCarrier;

    #[request_span]
    pub(super) fn generic<T: CarriesTrace>(_message: T, _other: u8) {}

    #[request_span]
    pub(super) async fn opaque(_number: u8, _message: impl CarriesTrace) {}

    #[request_span]
    pub(super) fn dynamic(_message: &dyn CarriesTrace) {}

    #[request_span]
    pub(super) fn boxed(_message: Box<TraceCarrier>) {}

    #[request_span]
    pub(super) async fn shared(_message: Arc<TraceCarrier>) {}

    #[request_span]
    pub(super) fn optional(_message: Option<TraceCarrier>) {}

    #[request_span]
    pub(super) fn alias<'a>(_words: &'a str, _message: &'a Alias) {}

    #[request_span]
    pub(super) fn exclusive(_message: &mut TraceCarrier) {}

    #[request_span]
    pub(super) fn tuple<A, B>(_both: (A, B), _message: TraceCarrier) {}

    /// Not a place: the `mut` is needed for the carrier only.
    #[deny(unused_mut)]
    #[traced(kind = "client", carrier = request.headers_mut())]
    pub(super) fn by_method(mut request: http::Request<()>) -> http::Request<()> {
        request
    }

    #[traced(kind = "client", carrier = requests[0])]
    pub(super) async fn by_index(requests: &mut [TraceCarrier]) -> usize {
        requests.len()
    }
}

#[tracing_relay::test]
async fn carriers_of_every_form(traces: Traces) {
    parameters::generic(remote(), 1);
    parameters::opaque(1, remote()).await;
    parameters::dynamic(&remote());
    parameters::boxed(Box::new(remote()));
    parameters::shared(Arc::new(remote())).await;
    parameters::optional(Some(remote()));
    parameters::alias("words", &remote());
    parameters::exclusive(&mut remote());
    parameters::tuple((1, 2), remote());
    for span in traces.spans() {
        assert_eq!(
            span.parent().map(|id| id.to_string()).as_deref(),
            Some("b7ad6b7169203331"),
            "{}",
            span.name()
        );
    }
    assert_eq!(traces.spans().len(), 9);

    let sent = parameters::by_method(http::Request::new(()));
    let span = traces.span("by_method");
    let traceparent = sent.headers()["traceparent"].to_str().expect("text");
    assert!(traceparent.contains(&span.span_id().to_string()));
    let mut requests = [TraceCarrier::none()];
    parameters::by_index(&mut requests).await;
    assert_eq!(
        requests[0].context().map(TraceContext::span_id),
        Some(traces.span("by_index").span_id())
    );
}

/// More fields than `tracing`'s own macros take.
#[traced(fields(
    a0 = 0,
    a1 = 1,
    a2 = 2,
    a3 = 3,
    a4 = 4,
    a5 = 5,
    a6 = 6,
    a7 = 7,
    a8 = 8,
    a9 = 9,
    b0 = 0,
    b1 = 1,
    b2 = 2,
    b3 = 3,
    b4 = 4,
    b5 = 5,
    b6 = 6,
    b7 = 7,
    b8 = 8,
    b9 = 9,
    c0 = 0,
    c1 = 1,
    c2 = 2,
    c3 = 3,
    c4 = 4,
    c5 = 5,
    c6 = 6,
    c7 = 7,
    c8 = 8,
    c9 = 9,
    d0 = 0,
    d1 = 1,
    d2 = 2,
    d3 = 3,
    d4 = 4,
    d5 = 5,
    d6 = 6,
    d7 = 7,
    d8 = 8,
    d9 = 9
))]
fn many_fields() {}

#[tracing_relay::test]
fn forty_fields(traces: Traces) {
    many_fields();
    let span = traces.span("many_fields");
    for key in ["a0", "c9", "d9"] {
        assert!(span.attribute(key).is_some(), "{key}");
    }
    assert_eq!(span.outcome(), Some("completed"));
}
