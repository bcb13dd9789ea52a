//! `trust` is a question with an answer.

use tracing_relay::{TraceCarrier, request_span};

#[request_span(trust = caller.len())]
fn number(carrier: TraceCarrier, caller: &str) {
    let _ = (carrier, caller);
}

#[request_span(carrier = carrier, trust = Some(true))]
async fn option(carrier: TraceCarrier) {
    let _ = carrier;
}

fn main() {
    let _ = (number, option);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span};

    #[request_span(trust = !caller.is_empty())]
    fn handle(carrier: TraceCarrier, caller: &str) {
        let _ = (carrier, caller);
    }
}
