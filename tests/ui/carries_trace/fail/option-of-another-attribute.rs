use tracing_relay::carries_trace;

#[carries_trace(none)]
struct Job {
    id: u64,
}

fn main() {}
