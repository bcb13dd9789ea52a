//! An option that would change nothing is an error.

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

#[cfg(doctest)]
mod right {
    use serde::{Deserialize, Serialize};
    use tracing_relay::carries_trace;

    #[carries_trace(rename = "t")]
    #[derive(Serialize, Deserialize)]
    struct Written {
        id: u64,
    }

    #[carries_trace(wire = "fixed")]
    #[derive(Serialize, Deserialize)]
    struct Fixed {
        id: u64,
    }
}
