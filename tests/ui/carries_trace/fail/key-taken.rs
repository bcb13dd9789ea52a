use tracing_relay::carries_trace;

#[carries_trace]
#[derive(serde::Serialize, serde::Deserialize)]
struct Crash {
    #[serde(rename = "trace")]
    stack: String,
}

fn main() {}
