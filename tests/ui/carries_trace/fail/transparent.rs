//! A transparent struct is its only field, and has no place for a carrier.

use serde::Serialize;
use tracing_relay::carries_trace;

#[carries_trace]
#[derive(Serialize)]
#[serde(transparent)]
struct Written {
    id: u64,
}

#[carries_trace]
#[repr(transparent)]
struct LaidOut {
    id: u64,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::Carried;

    #[derive(serde::Serialize)]
    #[serde(transparent)]
    struct Job {
        id: u64,
    }

    fn job(id: u64) -> Carried<Job> {
        Carried::new(Job { id })
    }
}
