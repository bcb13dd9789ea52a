//! Of several parameters that carry, one is named.

use tracing_relay::{TraceCarrier, request_span, traced};

#[request_span]
fn two(left: TraceCarrier, right: &TraceCarrier) {
    let _ = (left, right);
}

#[request_span]
async fn three(left: TraceCarrier, middle: u8, right: &TraceCarrier, last: Option<TraceCarrier>) {
    let _ = (left, middle, right, last);
}

#[traced(kind = "producer")]
fn sends(left: TraceCarrier, right: &mut TraceCarrier) {
    let _ = (left, right);
}

fn main() {
    let _ = (two, three, sends);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span};

    #[request_span(carrier = left)]
    fn two(left: TraceCarrier, right: &TraceCarrier) {
        let _ = (left, right);
    }
}
