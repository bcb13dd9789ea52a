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
