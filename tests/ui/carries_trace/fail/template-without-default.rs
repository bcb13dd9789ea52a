use tracing_relay::carries_trace;

#[carries_trace(default = none)]
struct Job {
    id: u64,
}

fn main() {}
