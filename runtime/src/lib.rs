//! Traces that survive every hop: attribute macros over [`tracing`] and OpenTelemetry.
//!
//! - [`#[request_span]`](macro@request_span) opens the span of a request around a handler, and takes its parent from
//!   the message; [`#[traced]`](macro@traced) is the span of a step; [`#[relay_traced]`](macro@relay_traced) that of
//!   an operation in a component's own scope.
//! - [`#[carries_trace]`](macro@carries_trace) and [`#[derive(CarriesTrace)]`](derive@CarriesTrace) give a message
//!   type a [`TraceCarrier`], which captures the current context when a message is made; [`Carried`] does it for
//!   types that one does not own.
//! - What records the spans is the application's choice: tracing-opentelemetry, or the engine of this crate, in the
//!   module `engine`, which the module `telemetry` sets up from the environment in one line.
//! - The module `doctor` says in words why there are no traces (feature `engine`).
//! - Counters, histograms and gauges, and the durations of annotated functions, are in the module `metrics`.
//! - [`SessionTelemetry`] puts the same attributes on every span of a session, and on nothing of another one.
//! - [`task`] spawns tasks that stay in the trace; [`env`](mod@env) hands it to child processes;
//!   [`testing`] tests what came out.
//!
//! ```
//! use tracing_relay::{carries_trace, request_span, traced};
//!
//! #[carries_trace(new)]
//! struct Submission {
//!     prompt: String,
//! }
//!
//! #[request_span(carrier = none, name = "turn/start")]
//! fn start_turn(prompt: &str, queue: &std::sync::mpsc::Sender<Submission>) {
//!     let _ = queue.send(Submission::new(prompt.to_owned()));
//! }
//!
//! /// The parent of this span is the one above, whenever and wherever it runs.
//! #[traced(kind = "consumer")]
//! fn dispatch(submission: Submission) -> usize {
//!     submission.prompt.len()
//! }
//!
//! let (sender, receiver) = std::sync::mpsc::channel();
//! start_turn("hello", &sender);
//! assert_eq!(receiver.recv().map(dispatch), Ok(5));
//! ```
//!
//! # What always holds
//!
//! A span that is filtered out, not sampled or seen by no subscriber still passes the trace on. Nothing here
//! panics, blocks or changes a result. A malformed context never rejects a message; it counts as absent, and one
//! warning a minute for each span name and reason says why.
//!
//! # Features
//!
//! `macros` and `otel` are on by default; `metrics`, `engine`, `otlp`, `telemetry`, `grpc`, `lock-file`, `tokio`, `tokio-process`, `http`
//! and `testing` are not. Without features the
//! crate is the carrier types and their serde forms, and needs neither OpenTelemetry nor `tracing`; a capture there
//! is empty, unless another crate of the program turns `otel` on.

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "spans")]
mod attempt;
#[cfg(feature = "macros")]
mod attributes;
pub mod baggage;
mod carried;
mod carrier;
mod context;
mod current;
#[cfg(feature = "engine")]
pub mod doctor;
#[cfg(feature = "engine")]
pub mod engine;
pub mod env;
mod ids;
#[cfg(feature = "spans")]
mod links;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "otel")]
pub mod otel;
#[cfg(feature = "otlp")]
mod otlp;
#[cfg(feature = "spans")]
pub mod scope;
pub mod semconv;
pub mod serde_form;
#[cfg(feature = "spans")]
pub mod session;
#[cfg(feature = "spans")]
mod span;
#[cfg(feature = "spans")]
mod surrounded;
#[cfg(feature = "spans")]
pub mod task;
#[cfg(feature = "telemetry")]
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
#[cfg(feature = "spans")]
mod warn;
pub mod wire;

#[cfg(feature = "spans")]
pub use attempt::Attempt;
pub use baggage::Baggage;
pub use carried::Carried;
pub use carrier::{CarriesTrace, CarriesTraceMut, Extracted, InvalidCarrier, TraceCarrier};
pub use context::{TraceContext, TraceState};
pub use current::{current_baggage, current_context, current_trace_id, set_current_baggage};
pub use ids::{SpanId, TraceFlags, TraceId};
#[cfg(feature = "spans")]
pub use links::{Links, SpanLinks};
#[cfg(feature = "spans")]
pub use scope::TraceScope;
#[cfg(feature = "spans")]
pub use session::SessionTelemetry;
#[cfg(feature = "spans")]
pub use span::{
    AttributeValue, Failure, FieldValue, FieldValues, LateField, SpanError, SpanFields, SpanOutcome,
};

#[cfg(all(feature = "macros", feature = "testing"))]
pub use attributes::test;
#[cfg(feature = "macros")]
pub use attributes::{CarriesTrace, carries_trace};
#[cfg(all(feature = "macros", feature = "spans"))]
pub use attributes::{SpanFields, relay_traced, request_span, traced};
