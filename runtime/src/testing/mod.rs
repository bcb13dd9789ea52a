//! Tests of instrumentation: a trace pipeline of the test's own, and assertions on whole trees.
//!
//! `#[tracing_relay::test]` runs a test on a [`Pipeline`] and hands it [`Traces`], which read what its
//! spans exported; [`Pipeline::run`] and [`Pipeline::run_sync`] do the same without the attribute.
//! [`assert_trace!`](crate::assert_trace) compares all of it with a text.
//!
//! ```
//! use tracing::Instrument as _;
//! use tracing_relay::assert_trace;
//! use tracing_relay::testing::Pipeline;
//!
//! Pipeline::new().worker_threads(2).run(async |traces| {
//!     async {
//!         let publish = tracing::info_span!("publish", otel.kind = "producer", size = 3);
//!         tokio::spawn(async {}.instrument(publish)).await.expect("the task ends");
//!     }
//!     .instrument(tracing::info_span!("create order", otel.kind = "server"))
//!     .await;
//!
//!     assert_trace!(
//!         traces,
//!         r#"
//!         server "create order"
//!           producer publish {size=3}
//!         "#
//!     );
//! });
//! ```
//!
//! # Isolation
//!
//! Nothing is global: each test has its own subscriber, tracer provider and collector, so tests run in
//! parallel, in one process (`cargo test`) or in many (`cargo nextest`). The pipeline is attached on the
//! test's thread and on every thread of its runtime, workers and blocking threads; threads that a test
//! starts by itself attach it with [`Traces::attach`]. No environment variable changes it, but for
//! `TRACING_RELAY_TEST_ENGINE`, which says on which engine a suite runs that does not [choose](Pipeline::engine).
//!
//! # When spans are there
//!
//! A span can be read from the moment at which it ends, in the order of the ends. A test that cannot
//! know when that is waits with [`Traces::wait_for`] and never sleeps.

mod collector;
mod diff;
mod expectation;
mod metrics;
mod pipeline;
mod scanner;
mod scopes;
mod span;
#[cfg(test)]
mod tests;
mod traces;
mod tree;
mod value;

pub(crate) use scopes::TestScopes;

pub use metrics::{Instrument, Metrics, Point};
pub use pipeline::{Pipeline, PipelineEngine, Sampling};
pub use span::{Event, Kind, Link, Span, Status};
pub use traces::{Attached, Traces};
/// The levels of [`Pipeline::level`], from `tracing`.
pub use tracing::level_filters::LevelFilter;
pub use value::Value;

/// Asserts on all spans that a test's pipeline has exported, as trees.
///
/// ```
/// use tracing::info_span;
/// use tracing_relay::assert_trace;
/// use tracing_relay::testing::Pipeline;
///
/// Pipeline::new().run_sync(|traces| {
///     info_span!("orders/create", otel.kind = "server", order.id = 7).in_scope(|| {
///         info_span!("charge", otel.kind = "client", otel.status_description = "declined").in_scope(|| {});
///         info_span!("notify").in_scope(|| {});
///     });
///     assert_trace!(
///         traces,
///         r#"
///         server orders/create {order.id=7}
///           client charge error "declined"
///           internal notify
///         "#
///     );
/// });
/// ```
///
/// # The expectation
///
/// One line for each span: its kind (`internal`, `server`, `client`, `producer`, `consumer`), its
/// name, and parts. A line that is indented is a child of the line above it; how far is free.
/// Children are in the order of their starts. An empty line separates two traces, and several top
/// lines without one between them are spans of one trace whose parents were not exported. An empty
/// expectation says that nothing was exported.
///
/// | part | says |
/// | --- | --- |
/// | `<- remote` | the parent is in another process; `<- remote 00f067aa0ba902b7` compares its id, `<- remote 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7` that of the trace too |
/// | `<- missing` | the parent is in this process and was not exported; an id can follow too |
/// | `~> name` | a link to the span with this name, or with this id if it was not exported; one part for each link |
/// | `{key="text", count=2}` | these attributes have these values, each once; `key=_` any value, `!key` is not there |
/// | `ok`, `error`, `error "text"`, `error _` | the status: ok, an error without text, with this text, with any text |
/// | `=> completed` | the [outcome](crate::semconv::OUTCOME) |
/// | `unordered` | the children may come in any order; on a line of its own, before all others: the traces may |
///
/// Names, kinds, parents, links and the status must be as written: a part that is not there says
/// that the span has none. Attributes and outcome are compared where they are mentioned. Names,
/// keys and outcomes with blanks or any of `"{}=,` in them go in quotes; strings have the escapes of Rust.
/// Values are typed: `"2"`, `2` and `2.0` are three. Lists are `["a", "b"]`.
///
/// Further arguments are a message, as in `assert_eq!`.
///
/// # Panics
///
/// When a span differs; the message has the differences, line by line, the exported spans as an
/// expectation that can be pasted into the test, and the spans that are still open. Also when the
/// expectation is malformed; the message says where and what is accepted there.
#[macro_export]
macro_rules! assert_trace {
    ($traces:expr, $expected:expr $(,)?) => {
        if let ::core::result::Result::Err(difference) = $traces.compare($expected) {
            ::core::panic!("{difference}");
        }
    };
    ($traces:expr, $expected:expr, $($message:tt)+) => {
        if let ::core::result::Result::Err(difference) = $traces.compare($expected) {
            ::core::panic!("{}: {difference}", ::core::format_args!($($message)+));
        }
    };
}
