//! Every option, with every value that it takes.

use serde::{Deserialize, Serialize};
use tracing_relay::carries_trace;

#[carries_trace(
    new = pub(crate) from_id,
    field = context,
    rename = "_meta",
    flavour = "w3c",
    serde = true,
    crate = ::tracing_relay,
)]
#[derive(Serialize, Deserialize)]
pub struct Job {
    id: u64,
}

#[carries_trace(flavour = "sentry", crate = "::tracing_relay")]
#[derive(Serialize, Deserialize)]
struct Event {
    kind: String,
}

#[carries_trace(new, wire = "fixed")]
#[derive(Serialize, Deserialize)]
struct Sample {
    value: u8,
}

#[carries_trace(default = none, serde = false)]
#[derive(Clone, Default)]
struct Template {
    body: String,
}

fn main() {
    let job = Job::from_id(1);
    assert!(job.context.is_none());
    assert_eq!(serde_json::to_string(&job).unwrap(), r#"{"id":1}"#);
    let event: Event = serde_json::from_str(r#"{"kind":"start"}"#).unwrap();
    assert!(event.trace.is_none() && event.kind == "start");
    assert_eq!(Sample::new(1).value, 1);
    assert!(Template::default().trace.is_none() && Template::default().body.is_empty());
}
