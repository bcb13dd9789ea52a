//! A message with a carrier is not `Copy`: the carrier can own text.

use tracing_relay::carries_trace;

#[carries_trace]
#[derive(Clone, Copy)]
struct Point {
    x: u8,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace]
    #[derive(Clone)]
    struct Point {
        x: u8,
    }
}
