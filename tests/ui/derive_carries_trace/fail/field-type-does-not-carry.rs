//! The field that is marked has a type that carries.

use tracing_relay::CarriesTrace;

struct Head;

#[derive(CarriesTrace)]
struct Job {
    id: u64,
    #[carrier]
    head: Head,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, TraceCarrier};

    #[derive(CarriesTrace)]
    struct Job {
        id: u64,
        #[carrier]
        head: TraceCarrier,
    }
}
