//! The path of the runtime starts at a crate, because generated code is not always in the module of the attribute.

use tracing_relay::carries_trace;

#[carries_trace(crate = relay)]
struct Relative {
    id: u64,
}

#[carries_trace(crate = "tracing relay")]
struct NotAPath {
    id: u64,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(crate = ::tracing_relay)]
    struct Job {
        id: u64,
    }
}
