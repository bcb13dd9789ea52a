use serde::Deserialize;
use tracing_relay::carries_trace;

#[derive(Deserialize)]
#[carries_trace]
struct Job {
    id: u64,
}

fn main() {}
