//! `Serialize` stands below the attribute: a derive above it would write messages without their trace.

use serde::Serialize;
use tracing_relay::carries_trace;

#[derive(Serialize)]
#[carries_trace]
struct Job {
    id: u64,
}

#[derive(Clone, Serialize)]
#[carries_trace(new)]
struct Generic<'a, T: Clone> {
    body: &'a T,
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
