//! An option of another attribute is an error that says whose it is.

use tracing_relay::carries_trace;

#[carries_trace(none)]
struct Job {
    id: u64,
}

#[carries_trace(kind = "producer", level = "debug")]
struct Event {
    id: u64,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(default = none)]
    #[derive(Default)]
    struct Job {
        id: u64,
    }

    #[tracing_relay::traced(kind = "producer", fields(id = job.id))]
    fn send(job: Job) {}
}
