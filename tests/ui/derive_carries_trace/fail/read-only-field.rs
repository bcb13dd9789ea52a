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
