//! `trust` and `restamp` are about a carrier that comes in.

use tracing_relay::{TraceCarrier, request_span, traced};

#[traced(trust = true)]
fn internal(carrier: TraceCarrier) {
    let _ = carrier;
}

#[request_span(carrier = none, restamp = false)]
fn none(carrier: TraceCarrier) {
    let _ = carrier;
}

#[traced(kind = "client", restamp = true, trust = false)]
fn outgoing(carrier: TraceCarrier) {
    let _ = carrier;
}

fn main() {
    let _ = (internal, none, outgoing);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span, traced};

    #[request_span(restamp = false, trust = true)]
    fn receives(carrier: TraceCarrier) {
        let _ = carrier;
    }

    #[traced(kind = "client")]
    fn sends(carrier: TraceCarrier) {
        let _ = carrier;
    }
}
