//! The carrier needs a key that no other field is written under.

use tracing_relay::carries_trace;

#[carries_trace]
#[derive(serde::Serialize, serde::Deserialize)]
struct Crash {
    #[serde(rename = "trace")]
    stack: String,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace(rename = "context")]
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Crash {
        #[serde(rename = "trace")]
        stack: String,
    }
}
