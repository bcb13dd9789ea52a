//! `#[carrier]` marks a field; on a variant it can only say that there is none.

use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
#[carrier]
struct OnTheType {
    #[carrier]
    trace: TraceCarrier,
}

#[derive(CarriesTrace)]
enum OnVariants {
    #[carrier]
    Marked { trace: TraceCarrier },
    #[carrier(none)]
    Both { #[carrier] trace: TraceCarrier },
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
