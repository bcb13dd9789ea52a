//! One field is marked.

use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(CarriesTrace)]
struct NoField {
    id: u64,
}

#[derive(CarriesTrace)]
struct NotMarked {
    id: u64,
    trace: TraceCarrier,
}

#[derive(CarriesTrace)]
struct Tuple(u64);

#[derive(CarriesTrace)]
struct TupleNotMarked(u64, TraceCarrier);

#[derive(CarriesTrace)]
struct Unit;

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, TraceCarrier};

    #[derive(CarriesTrace)]
    struct Job {
        id: u64,
        #[carrier]
        trace: TraceCarrier,
    }

    #[derive(CarriesTrace)]
    struct Tuple(u64, #[carrier] TraceCarrier);
}
