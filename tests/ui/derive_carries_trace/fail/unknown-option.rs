//! `#[carrier]` has one option on a type and one on a variant.

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

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, TraceCarrier};

    #[derive(CarriesTrace)]
    enum Op {
        Start(#[carrier] TraceCarrier),
        Stop {
            #[carrier]
            trace: TraceCarrier,
        },
        #[carrier(none)]
        Ping,
    }
}
