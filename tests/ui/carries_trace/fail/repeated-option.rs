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
