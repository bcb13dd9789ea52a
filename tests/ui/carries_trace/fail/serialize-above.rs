use serde::Serialize;
use tracing_relay::carries_trace;

#[derive(Serialize)]
#[carries_trace]
struct Job {
    id: u64,
}

#[derive(Clone, Serialize)]
#[carries_trace(new)]
struct Generic<'a, T: Clone> {
    body: &'a T,
}

fn main() {}
