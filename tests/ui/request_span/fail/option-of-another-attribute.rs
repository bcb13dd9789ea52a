use tracing_relay::{TraceScope, request_span, traced};

static RELAY: TraceScope = TraceScope::new("relay");

#[request_span(scope = RELAY, carrier = none)]
fn scope() {}

#[traced(rename = "traceparent")]
fn rename() {}

fn main() {
    scope();
    rename();
}
