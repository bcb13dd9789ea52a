//! The attribute is for messages, not for what handles them.

use tracing_relay::carries_trace;

#[carries_trace]
pub async fn handle(id: u64) -> u64 {
    id
}

fn main() {
    let _ = handle(1);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{carries_trace, request_span};

    #[carries_trace]
    struct Job {
        id: u64,
    }

    #[request_span]
    async fn handle(job: Job) -> u64 {
        job.id
    }
}
