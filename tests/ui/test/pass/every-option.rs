//! Every option, with every value that it takes.

#![allow(unused_imports, reason = "the compiler takes tests out of what is no test")]

use tracing_relay::testing::{Pipeline, Traces};

#[tracing_relay::test(
    flavor = "multi_thread",
    worker_threads = 4,
    ids = "sequential",
    sampling = "parent",
    level = "info",
    logs = true,
    pipeline = Pipeline::new().behind_reload(),
    crate = ::tracing_relay,
)]
async fn concurrent(traces: Traces) {
    assert!(traces.exported().is_empty());
}

#[tracing_relay::test(
    flavor = "current_thread",
    ids = "random",
    sampling = "always",
    level = "trace",
    logs = false
)]
async fn alone(traces: Traces) -> Result<(), std::fmt::Error> {
    assert!(traces.exported().is_empty());
    Ok(())
}

#[tracing_relay::test(sampling = "never", level = "debug")]
fn never_sampled() {}

#[tracing_relay::test(level = "warn")]
fn warnings() {}

#[tracing_relay::test(level = "error")]
fn errors() {}

#[tracing_relay::test(level = "off")]
fn nothing() {}

fn main() {}
