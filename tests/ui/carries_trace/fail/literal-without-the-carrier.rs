//! A struct literal says which trace the message belongs to.

use tracing_relay::carries_trace;

#[carries_trace]
struct Job {
    id: u64,
}

fn main() {
    let _ = Job { id: 1 };
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, carries_trace};

    #[carries_trace]
    struct Job {
        id: u64,
    }

    fn job() -> Job {
        Job {
            id: 1,
            trace: TraceCarrier::capture(),
        }
    }
}
