//! Each variant has a carrier, or says that it has none.

use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
enum Op {
    Start(#[carrier] TraceCarrier),
    Stop { trace: TraceCarrier },
    Pause(u8),
    Ping,
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
