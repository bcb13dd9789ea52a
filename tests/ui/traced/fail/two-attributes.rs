//! A function has one span.

use tracing_relay::{TraceCarrier, traced};

#[tracing_relay::request_span]
#[traced]
fn handle(_carrier: &TraceCarrier) {}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span, traced};

    #[request_span]
    fn handle(_carrier: &TraceCarrier) {
        step();
    }

    #[traced]
    fn step() {}
}
