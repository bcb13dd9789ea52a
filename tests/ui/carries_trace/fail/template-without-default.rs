//! `default = none` needs a derived `Default` to change.

use tracing_relay::carries_trace;

#[carries_trace(default = none)]
struct Job {
    id: u64,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(default = none)]
    #[derive(Default)]
    struct Job {
        id: u64,
    }
}
