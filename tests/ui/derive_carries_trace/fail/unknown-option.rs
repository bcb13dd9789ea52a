use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
#[carrier(krate = ::tracing_relay)]
enum Op {
    #[carrier(non)]
    Ping,
    Start {
        #[carrier(none)]
        trace: TraceCarrier,
    },
    #[carrier = "none"]
    Stop,
}

fn main() {}
