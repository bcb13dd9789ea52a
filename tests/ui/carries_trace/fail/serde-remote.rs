use serde::{Deserialize, Serialize};
use tracing_relay::carries_trace;

mod other_crate {
    pub struct Job {
        pub id: u64,
    }
}

#[carries_trace]
#[derive(Serialize, Deserialize)]
#[serde(remote = "other_crate::Job")]
struct Job {
    id: u64,
}

fn main() {}
