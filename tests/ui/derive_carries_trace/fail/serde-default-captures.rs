//! A message that came without a carrier has none, and not that of its receiver.

use serde::Deserialize;
use tracing_relay::{CarriesTrace, TraceCarrier};

#[derive(Deserialize, CarriesTrace)]
struct OnTheField {
    #[carrier]
    #[serde(default)]
    trace: TraceCarrier,
}

#[derive(Default, Deserialize, CarriesTrace)]
#[serde(default)]
struct OnTheStruct {
    #[carrier]
    trace: TraceCarrier,
}

#[derive(Deserialize, CarriesTrace)]
struct Skipped {
    #[carrier]
    #[serde(skip)]
    trace: TraceCarrier,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use serde::Deserialize;
    use tracing_relay::{CarriesTrace, TraceCarrier};

    #[derive(Deserialize, CarriesTrace)]
    struct Job {
        #[carrier]
        #[serde(default = "::tracing_relay::TraceCarrier::none")]
        trace: TraceCarrier,
    }
}
