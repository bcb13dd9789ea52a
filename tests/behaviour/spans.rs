//! The first look at each attribute: name, kind, parent, attributes and outcome.

use std::sync::Barrier;
use std::thread;

use tracing_relay::testing::{Pipeline, Traces};
use tracing_relay::{
    TraceCarrier, TraceContext, TraceScope, assert_trace, relay_traced, request_span, traced,
};

const REMOTE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

static RELAY: TraceScope = TraceScope::new("relay");

fn remote() -> TraceCarrier {
    TraceCarrier::from(REMOTE.parse::<TraceContext>().unwrap())
}

#[request_span(name = "app.request", fields(rpc.method = method, size = method.len()))]
async fn handle(method: &str, carrier: TraceCarrier) -> Result<u32, std::io::Error> {
    drop(carrier);
    tokio::task::yield_now().await;
    Ok(step(1))
}

#[traced]
fn step(#[field] number: u32) -> u32 {
    number + 1
}

#[relay_traced(scope = RELAY, name = "relay.connect")]
fn connect() -> Result<(), std::io::Error> {
    Err(std::io::Error::other("refused"))
}

#[tracing_relay::test]
async fn a_request_span_takes_its_parent_from_the_carrier(traces: Traces) {
    assert_eq!(handle("thread/start", remote()).await.unwrap(), 2);
    assert_trace!(
        traces,
        "
        server app.request <- remote b7ad6b7169203331 {rpc.method=\"thread/start\", size=12} => completed
          internal step {number=1} => completed
        "
    );
    let request = traces.span("app.request");
    assert_eq!(
        request.trace_id().to_string(),
        "0af7651916cd43dd8448eb211c80319c"
    );
}

#[tracing_relay::test]
fn an_operation_of_a_scope_that_is_not_installed_is_an_ordinary_span(traces: Traces) {
    #[traced]
    fn outer() {
        assert!(connect().is_err());
    }
    outer();
    assert_trace!(
        traces,
        r#"
        internal outer => completed
          internal relay.connect error "refused" => failed
        "#
    );
}

#[test]
fn first_calls_at_the_same_time_each_record_their_span() {
    #[traced]
    fn called_first(#[field] number: i64) -> i64 {
        number
    }

    let together = Barrier::new(8);
    thread::scope(|scope| {
        for number in 0..8 {
            let together = &together;
            scope.spawn(move || {
                Pipeline::new().run_sync(|traces| {
                    together.wait();
                    called_first(number);
                    let span = traces.span("called_first");
                    assert_eq!(span.attribute("number"), Some(&number.into()));
                });
            });
        }
    });
}
