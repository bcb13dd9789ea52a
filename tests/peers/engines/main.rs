//! `cargo bench -p tracing-relay-peers --features engines` compares what spans and hops cost with what they cost the peers.

mod hops;
mod peers;
mod spans;

use std::process::ExitCode;

/// What users pick today.
const REFERENCE: &str = "tracing-opentelemetry";

/// The macros on our engine.
const OURS: &str = "tracing-relay";

fn main() -> ExitCode {
    let mut cases = spans::cases();
    cases.extend(hops::cases());
    tracing_relay_peers::suite::main(&cases, REFERENCE)
}
