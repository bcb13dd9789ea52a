use tracing_relay::carries_trace;

#[carries_trace(
    field = "context",
    rename = key,
    flavour = "sentri",
    wire = "strict",
    serde = "yes",
    default = empty,
    new = 5,
)]
struct Job {
    id: u64,
}

#[carries_trace(field, rename, serde(true), new = pub)]
struct Other {
    id: u64,
}

fn main() {}
