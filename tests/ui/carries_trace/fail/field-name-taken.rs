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
