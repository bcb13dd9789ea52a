//! The first look at each attribute: name, kind, parent, attributes and outcome.

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, TraceContext, request_span, traced};

const REMOTE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn remote() -> TraceCarrier {
    TraceCarrier::from(REMOTE.parse::<TraceContext>().unwrap())
}

#[request_span(name = "app.request", fields(rpc.method = method, size = method.len()))]
async fn handle(method: &str, carrier: TraceCarrier) -> Result<u32, std::io::Error> {
    step(1);
    let _ = carrier;
    tokio::task::yield_now().await;
    Ok(2)
}

#[traced]
fn step(#[field] number: u32) -> u32 {
    number + 1
}

#[tracing_relay::test]
async fn a_request_span_takes_its_parent_from_the_carrier(traces: Traces) {
    assert_eq!(handle("thread/start", remote()).await.unwrap(), 2);
    assert_eq!(traces.exported(), ["step", "app.request"]);
    let request = traces.span("app.request");
    let step = traces.span("step");

    assert_eq!(step.parent(), Some(request.span_id()));
}
