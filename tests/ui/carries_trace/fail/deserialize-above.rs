//! `Deserialize` stands below the attribute: a derive above it does not know the carrier.

use serde::Deserialize;
use tracing_relay::carries_trace;

#[derive(Deserialize)]
#[carries_trace]
struct Job {
    id: u64,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use serde::{Deserialize, Serialize};
    use tracing_relay::carries_trace;

    #[carries_trace]
    #[derive(Serialize, Deserialize)]
    struct Job {
        id: u64,
    }
}
