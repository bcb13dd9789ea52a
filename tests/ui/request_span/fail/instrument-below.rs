//! The span of `#[instrument]` would begin before the message is read.

use tracing_relay::{TraceCarrier, request_span, traced};

#[request_span]
#[tracing::instrument(skip_all)]
fn handle(_carrier: &TraceCarrier) {}

#[traced(kind = "consumer")]
#[tracing::instrument(skip_all)]
async fn work(_carrier: &TraceCarrier) {}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span};

    #[tracing::instrument(skip_all)]
    #[request_span]
    fn handle(_carrier: &TraceCarrier) {}
}
