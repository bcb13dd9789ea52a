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
