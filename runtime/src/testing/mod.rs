//! Tests of instrumentation: a trace pipeline of the test's own.
//!
//! `#[tracing_relay::test]` runs a test on a [`Pipeline`] and hands it [`Traces`], which read what
//! its spans exported. Nothing is global: each test has its own subscriber, tracer provider and
//! exporter, so tests run in parallel, in one process or in many. The pipeline is attached on the
//! test's thread and on every thread of its runtime.

mod collector;
mod pipeline;
mod span;
mod traces;

pub use pipeline::{Pipeline, Sampling};
pub use span::{Event, Kind, Link, Span, Status, Value};
pub use traces::{Attached, Traces};
pub use tracing_core::LevelFilter;
