//! A message has one carrier.

use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
struct Job {
    #[carrier]
    trace: TraceCarrier,
    #[carrier]
    other: TraceCarrier,
}

#[derive(CarriesTrace)]
struct Twice {
    #[carrier]
    #[carrier]
    trace: TraceCarrier,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, TraceCarrier};

    #[derive(CarriesTrace)]
    struct Job {
        #[carrier]
        trace: TraceCarrier,
        cause: TraceCarrier,
    }
}
