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
