//! The carrier needs a name that no other field has.

use tracing_relay::{TraceCarrier, carries_trace};

#[carries_trace]
struct Job {
    trace: TraceCarrier,
}

#[carries_trace]
#[carries_trace]
struct Twice {
    id: u64,
}

fn main() {
    let _ = Job { trace: TraceCarrier::none() };
}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(field = context)]
    struct Crash {
        trace: String,
    }
}
