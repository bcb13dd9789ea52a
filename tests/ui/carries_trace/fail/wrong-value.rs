//! A value that an option does not take is underlined, and the accepted ones are named.

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

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(field = context, rename = "key", flavour = "sentry", default = none, new = job)]
    #[derive(Default, serde::Serialize)]
    struct Job {
        id: u64,
    }
}
