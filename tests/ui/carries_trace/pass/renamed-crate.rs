//! The default name of the crate means something else here.
use relay::{CarriesTrace, carries_trace};
use serde::{Deserialize, Serialize};

extern crate tracing_relay as relay;

mod tracing_relay {}

#[carries_trace(crate = crate::relay, new)]
#[derive(Default, Serialize, Deserialize)]
struct Job {
    id: u64,
}

#[derive(CarriesTrace)]
#[carrier(crate = "crate::relay")]
struct Envelope(#[carrier] Job);

fn main() {
    let envelope = Envelope(Job::new(1));
    assert!(envelope.extract().is_absent());
    assert_eq!(envelope.0.id, 1);
}
