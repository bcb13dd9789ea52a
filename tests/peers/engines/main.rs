//! `cargo bench -p tracing-relay-peers --features engines` compares what spans and hops cost with what they cost the peers.

mod bounds;
mod hops;
mod peers;
mod spans;

use std::process::ExitCode;

use tracing_relay_peers::suite::Suite;

/// What users pick today.
const REFERENCE: &str = "tracing-opentelemetry";

/// The macros on our engine.
const OURS: &str = "tracing-relay";

fn main() -> ExitCode {
    let mut cases = spans::cases();
    cases.extend(hops::cases());
    let suite = Suite {
        cases,
        waiting: peers::WAITING.to_vec(),
        bounds: bounds::ALL.to_vec(),
        reference: REFERENCE,
    };
    suite.run()
}
