use serde::Serialize;
use tracing_relay::carries_trace;

#[carries_trace]
#[derive(Serialize)]
#[serde(transparent)]
struct Written {
    id: u64,
}

#[carries_trace]
#[repr(transparent)]
struct LaidOut {
    id: u64,
}

fn main() {}
