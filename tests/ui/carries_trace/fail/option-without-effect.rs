use serde::{Deserialize, Serialize};
use tracing_relay::carries_trace;

#[carries_trace(rename = "t", wire = "fixed")]
struct NotWritten {
    id: u64,
}

#[carries_trace(rename = "t", flavour = "sentry", wire = "fixed")]
#[derive(Serialize, Deserialize)]
struct Fixed {
    id: u64,
}

fn main() {}
