//! The attribute of tests.

#![allow(unused_imports, reason = "the documentation links to it")]

use crate::testing;

/// Makes a test of an `fn` or `async fn`, with a trace [pipeline](testing::Pipeline) of its own.
///
/// ```
/// use tracing_relay::assert_trace;
/// use tracing_relay::testing::Traces;
///
/// #[tracing_relay::test]
/// async fn the_card_is_charged(traces: Traces) {
///     tracing::info_span!("charge", otel.kind = "client").in_scope(|| {});
///     assert_trace!(traces, "client charge");
/// }
/// ```
///
/// # What it does
///
/// The function stays as it is, inside a plain `#[test]` that builds a pipeline and runs it there:
///
/// ```
/// # use tracing_relay::testing::Traces;
/// // #[test]
/// fn the_card_is_charged() {
///     async fn the_card_is_charged(traces: Traces) { /* the body */ }
///     tracing_relay::testing::Pipeline::new().run(the_card_is_charged)
/// }
/// # the_card_is_charged();
/// ```
///
/// Other attributes (`#[ignore]`, `#[should_panic]`, `#[cfg]`, …) stay on the test.
///
/// # Accepted items
///
/// An `async fn` runs on a tokio runtime of its own, an `fn` on the test's thread without one. Both
/// take no parameter or one, the [`Traces`](testing::Traces), and return `()`, a `Result` or whatever
/// else a test can return. Generic, `unsafe` and `extern` functions and methods are errors, and so
/// is a second test attribute below this one.
///
/// # Options
///
/// | option | effect |
/// | --- | --- |
/// | `flavor = "multi_thread"` | the runtime of an async test: `"current_thread"`, the default, or `"multi_thread"` |
/// | `worker_threads = 4` | the workers of the multi-thread runtime; default: 2 |
/// | `ids = "sequential"` | trace ids and span ids count up from 1; default: `"random"` |
/// | `sampling = "parent"` | which spans are [sampled](testing::Sampling): `"always"`, the default, `"never"` or `"parent"` |
/// | `level = "info"` | the level above which nothing is enabled, `"off"` for nothing at all; default: `"trace"` |
/// | `logs = true` | whether log lines are kept for [`Traces::logs`](testing::Traces::logs); default: `false` |
/// | `pipeline = Pipeline::new().behind_reload()` | the [`Pipeline`](testing::Pipeline) to begin with, to which the other options are added; default: `Pipeline::new()` |
/// | `crate = ::tracing_relay` | where the runtime is found, if it was renamed or re-exported |
///
/// ```
/// use tracing_relay::testing::{Pipeline, Traces};
///
/// #[tracing_relay::test(flavor = "multi_thread", worker_threads = 4, ids = "sequential")]
/// async fn concurrent_charges(traces: Traces) {}
///
/// #[tracing_relay::test(pipeline = Pipeline::new().without_subscriber())]
/// fn nothing_breaks_without_a_subscriber() {}
/// ```
///
/// # Errors and panics
///
/// Unknown options, wrong values and functions that cannot be tests do not compile. A test that
/// panics or returns an error fails.
///
/// # Limitations
///
/// Threads that the test starts by itself are not part of the pipeline; attach it there with
/// [`Traces::attach`](testing::Traces::attach). When the function returns, its runtime is dropped
/// with the tasks that are still running; wait for their spans with
/// [`Traces::wait_for`](testing::Traces::wait_for).
///
/// # Cost
///
/// A subscriber, a tracer provider and a runtime for each test: well below a millisecond.
///
/// # See also
///
/// [`assert_trace!`](crate::assert_trace), and [`Pipeline`](testing::Pipeline) for tests that are run by
/// something else.
pub use tracing_relay_macros::test;
