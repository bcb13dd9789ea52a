//! A function has one span.

use tracing_relay::{TraceCarrier, traced};

#[tracing_relay::request_span]
#[traced]
fn handle(_carrier: &TraceCarrier) {}

fn main() {}
