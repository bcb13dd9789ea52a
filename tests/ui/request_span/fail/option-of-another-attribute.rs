//! An option of another attribute is an error that says whose it is.

use tracing_relay::{TraceScope, request_span, traced};

static RELAY: TraceScope = TraceScope::new("relay");

#[request_span(scope = RELAY, carrier = none)]
fn scope() {}

#[traced(rename = "traceparent")]
fn rename() {}

#[request_span(flavour = "sentry", carrier = none)]
fn flavour() {}

#[traced(worker_threads = 2)]
async fn worker_threads() {}

fn main() {
    scope();
    rename();
    flavour();
    let _ = worker_threads();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceScope, relay_traced};

    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY)]
    fn scope() {}
}
