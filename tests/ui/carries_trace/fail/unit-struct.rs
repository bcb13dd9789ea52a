//! A unit struct has no fields, and needs braces to get one.

use tracing_relay::carries_trace;

#[carries_trace]
struct Ping;

fn main() {
    let _ = Ping;
}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace]
    struct Ping {}
}
