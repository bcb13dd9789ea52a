//! An enum gets no field from the attribute: its variants say which of them carry.

use tracing_relay::carries_trace;

#[carries_trace]
pub enum Op {
    Start,
}

fn main() {
    let _ = Op::Start;
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, TraceCarrier};

    #[derive(CarriesTrace)]
    enum Op {
        Start {
            #[carrier]
            trace: TraceCarrier,
        },
        #[carrier(none)]
        Ping,
    }
}
