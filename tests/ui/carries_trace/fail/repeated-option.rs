//! An option is given once, and has one spelling.

use tracing_relay::carries_trace;

#[carries_trace(field = context, new, field = carrier)]
struct Job {
    id: u64,
}

#[carries_trace(flavour = "sentry", flavor = "w3c")]
#[derive(serde::Serialize)]
struct Event {
    id: u64,
}

fn main() {
    Job::new(1);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(field = context, new, flavour = "sentry")]
    #[derive(serde::Serialize)]
    struct Job {
        id: u64,
    }
}
