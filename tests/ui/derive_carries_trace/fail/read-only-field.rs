//! What is sent can be written: its carrier is not shared.

use std::sync::Arc;

use tracing_relay::{CarriesTrace, CarriesTraceMut, TraceCarrier};

#[derive(CarriesTrace)]
struct Shared {
    #[carrier]
    trace: Arc<TraceCarrier>,
}

fn outbound(_: impl CarriesTraceMut) {}

fn main() {
    outbound(Shared { trace: Arc::new(TraceCarrier::none()) });
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, CarriesTraceMut, TraceCarrier};

    #[derive(CarriesTrace)]
    struct Owned {
        #[carrier]
        trace: Box<TraceCarrier>,
    }

    fn outbound(_: impl CarriesTraceMut) {}

    fn send(message: Owned) {
        outbound(message);
    }
}
