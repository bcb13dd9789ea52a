//! Above, `#[instrument]` makes a child of the request's span.

use tracing_relay::{TraceCarrier, request_span, traced};

#[tracing::instrument(skip_all)]
#[request_span]
fn handle(_carrier: &TraceCarrier) {}

// Where no message is read, the order is a matter of taste.
#[traced]
#[tracing::instrument]
fn step() {}

fn main() {
    handle(&TraceCarrier::none());
    step();
}
