//! Traces that survive every hop.

#[doc(hidden)]
pub mod __private;
#[cfg(all(feature = "macros", feature = "spans"))]
mod attributes;
pub mod baggage;
mod carried;
mod carrier;
mod context;
mod current;
pub mod env;
mod ids;
#[cfg(feature = "otel")]
pub mod otel;
#[cfg(feature = "spans")]
mod scope;
pub mod semconv;
pub mod serde_form;
#[cfg(feature = "spans")]
mod span;
#[cfg(feature = "spans")]
pub mod task;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;
#[cfg(feature = "spans")]
mod warn;
pub mod wire;

pub use baggage::Baggage;
pub use carried::Carried;
pub use carrier::{CarriesTrace, CarriesTraceMut, Extracted, InvalidCarrier, TraceCarrier};
pub use context::{TraceContext, TraceState};
pub use current::{current_baggage, current_context, current_trace_id, set_current_baggage};
pub use ids::{SpanId, TraceFlags, TraceId};
#[cfg(feature = "spans")]
pub use scope::TraceScope;
#[cfg(feature = "spans")]
pub use span::{AttributeValue, Failure, FieldValue, SpanError, SpanOutcome};

/// Gives a struct a trace carrier: captured where the message is constructed, restored where it is
/// handled.
///
/// ```
/// use tracing_relay::{CarriesTrace, carries_trace};
///
/// #[carries_trace(new)]
/// struct StartTurn {
///     prompt: String,
/// }
///
/// let message = StartTurn::new("hello".to_owned());
/// assert!(message.extract().is_absent(), "there is no span here");
/// ```
///
/// # What it does
///
/// Adds the field `trace` after all others, as visible as the struct, and implements [`CarriesTrace`]
/// and [`CarriesTraceMut`] with it. The struct above becomes
///
/// ```
/// # use tracing_relay::{CarriesTrace, CarriesTraceMut, Extracted, TraceCarrier, TraceContext};
/// struct StartTurn {
///     prompt: String,
///     /// The trace that this message belongs to.
///     trace: TraceCarrier,
/// }
///
/// impl CarriesTrace for StartTurn {
///     fn extract(&self) -> Extracted {
///         self.trace.extract()
///     }
/// }
///
/// impl CarriesTraceMut for StartTurn {
///     fn inject(&mut self, context: &TraceContext) {
///         self.trace.inject(context);
///     }
/// }
///
/// impl StartTurn {
///     /// A `StartTurn` that belongs to the current trace.
///     #[must_use]
///     fn new(prompt: String) -> Self {
///         Self { prompt, trace: TraceCarrier::capture() }
///     }
/// }
/// ```
///
/// A struct literal has to say which trace the message belongs to: without the field it does not
/// compile. [`TraceCarrier::capture`] takes the current one, which is also what
/// `..Default::default()` does, and what a builder derived with bon or typed-builder does for a
/// field that is not set. A constructor of one's own captures in one line:
///
/// ```
/// # use tracing_relay::{TraceCarrier, carries_trace};
/// #[carries_trace]
/// struct Event {
///     kind: &'static str,
/// }
///
/// impl Event {
///     fn started() -> Self {
///         Self { kind: "started", trace: TraceCarrier::capture() }
///     }
/// }
/// # assert!(Event::started().trace.is_none());
/// ```
///
/// Where `Serialize` or `Deserialize` is derived below the attribute, also under a `cfg_attr`, the
/// field gets the serde attributes that leave an empty carrier out of the message and read a
/// missing or malformed one as empty ([`serde_form`]):
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use tracing_relay::carries_trace;
/// #[carries_trace]
/// #[derive(Serialize, Deserialize)]
/// struct Job {
///     id: u64,
/// }
///
/// let untraced: Job = serde_json::from_str(r#"{"id":1}"#)?;
/// assert_eq!(serde_json::to_string(&untraced)?, r#"{"id":1}"#);
///
/// let text = r#"{"id":1,"trace":{"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}"#;
/// let traced: Job = serde_json::from_str(text)?;
/// assert!(traced.trace.context().is_some());
/// assert_eq!(serde_json::to_string(&traced)?, text);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Accepted items
///
/// Structs with named fields, with any generics and visibility. An enum or a tuple struct would be
/// written differently with one more field, and a unit struct has no fields: derive
/// [`CarriesTrace`](derive@CarriesTrace) or send a [`Carried`].
///
/// # Options
///
/// | option | effect |
/// | --- | --- |
/// | `new = name` | Adds a constructor that takes the other fields in order and captures. `new` alone calls it `new`; it is as visible as the struct, or as `new = pub(crate) name` says. |
/// | `field = name` | The name of the field. Default: `trace`. |
/// | `rename = "key"` | The field's key in the written message. Default: the field's name, or `_sentry` with that flavour. |
/// | `flavour = "sentry"` | How the carrier is written: `"w3c"` is the default, `"sentry"` is `{trace, baggage}` under the key `_sentry`. |
/// | `wire = "fixed"` | The carrier is always written, in a fixed layout, and read strictly: for bincode and postcard. |
/// | `serde = true` | Whether the field gets serde attributes. Default: whether `Serialize` or `Deserialize` is derived below. |
/// | `default = none` | The struct's `Default` has an empty carrier instead of the current context: for templates. Needs `#[derive(Default)]` below. |
/// | `crate = ::path` | The path of this crate, where it is not `::tracing_relay`. |
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use tracing_relay::{TraceCarrier, carries_trace};
/// #[carries_trace(field = context, rename = "_meta", new = pub(crate) from_id)]
/// #[derive(Serialize, Deserialize)]
/// pub struct Renamed {
///     id: u64,
/// }
///
/// #[carries_trace(flavour = "sentry")]
/// #[derive(Serialize, Deserialize)]
/// struct Event {
///     kind: String,
/// }
///
/// #[carries_trace(wire = "fixed")]
/// #[derive(Serialize, Deserialize)]
/// struct Sample {
///     value: f64,
/// }
///
/// /// Cloned for each message, so that it must not belong to a trace itself.
/// #[carries_trace(default = none)]
/// #[derive(Clone, Default)]
/// struct Template {
///     body: String,
/// }
///
/// let mut message = Template::default().clone();
/// message.trace.recapture();
/// # assert!(Renamed::from_id(1).context.is_none());
/// ```
///
/// `default = none` replaces the derived `Default` by one that differs in the carrier alone.
///
/// # Errors and panics
///
/// What cannot be done is a compile error that says what to write instead. Nothing panics at run
/// time.
///
/// # Limitations
///
/// The attribute sees the derives below it, and a derive above it does not see the field. `Clone`,
/// `Default` and `Deserialize` then fail to compile by themselves, and `Serialize`, which would write
/// messages without their trace, is refused:
///
/// ```compile_fail,E0277
/// # use tracing_relay::carries_trace;
/// #[derive(serde::Serialize)]
/// #[carries_trace]
/// struct Job {
///     id: u64,
/// }
/// ```
///
/// The form that suits bincode and postcard cannot be chosen for them: the format is not known where
/// the message is defined. With the default form their first decoding fails.
///
/// # Cost
///
/// The carrier's size in the message, one look at a thread-local for each capture, and in JSON 82
/// bytes for a message with a trace and none for one without.
///
/// # See also
///
/// The [derive](derive@CarriesTrace) for a field that is written out, and [`Carried`] for types that
/// one does not own.
#[cfg(feature = "macros")]
pub use tracing_relay_macros::carries_trace;

#[cfg(all(feature = "macros", feature = "spans"))]
pub use attributes::{relay_traced, request_span, traced};
/// Implements [`CarriesTrace`](trait@CarriesTrace) and [`CarriesTraceMut`] with the field that is
/// marked `#[carrier]`.
///
/// ```
/// use tracing_relay::{CarriesTrace, TraceCarrier};
///
/// #[derive(CarriesTrace)]
/// enum Op {
///     Start {
///         prompt: String,
///         #[carrier]
///         trace: TraceCarrier,
///     },
///     Stop(#[carrier] TraceCarrier),
///     #[carrier(none)]
///     Ping,
/// }
///
/// let start = Op::Start { prompt: "hello".to_owned(), trace: TraceCarrier::capture() };
/// assert!(start.extract().is_absent(), "there is no span here");
/// ```
///
/// # What it does
///
/// Hands both traits on to the marked field. That field is a [`TraceCarrier`], or of any type that
/// carries: another message, a generic parameter, an `Option`. Where the field can be read but not
/// written, as in an `Arc`, so can the message: it is an error to use it as an outbound carrier, and
/// no other.
///
/// # Accepted items
///
/// Structs and tuple structs with exactly one marked field; enums where each variant has one or says
/// that it has none; any generics.
///
/// # Options
///
/// On the type:
///
/// | option | effect |
/// | --- | --- |
/// | `crate = ::path` | The path of this crate, where it is not `::tracing_relay`. |
///
/// On a variant:
///
/// | option | effect |
/// | --- | --- |
/// | `none` | The variant carries nothing. |
///
/// ```
/// # use tracing_relay::{CarriesTrace, TraceCarrier};
/// # mod telemetry { pub extern crate tracing_relay as relay; }
/// #[derive(CarriesTrace)]
/// #[carrier(crate = crate::telemetry::relay)]
/// struct Job(u64, #[carrier] TraceCarrier);
/// # fn main() {}
/// ```
///
/// # Errors and panics
///
/// A missing or repeated mark is a compile error, and so is whatever would make serde fill the field
/// by `Default`, which captures: a message that came without a carrier would be given the trace of
/// its receiver.
///
/// ```compile_fail
/// # use tracing_relay::{CarriesTrace, TraceCarrier};
/// #[derive(serde::Deserialize, CarriesTrace)]
/// struct Job {
///     #[carrier]
///     #[serde(default)]
///     trace: TraceCarrier,
/// }
/// ```
///
/// Write `#[serde(default = "tracing_relay::TraceCarrier::none", skip_serializing_if =
/// "tracing_relay::TraceCarrier::is_none")]` instead; [`serde_form`] has the other forms. Nothing
/// panics at run time.
///
/// # Limitations
///
/// In a variant that carries nothing a trace ends: a context that is injected into it is dropped.
///
/// # Cost
///
/// None of its own.
///
/// # See also
///
/// [`carries_trace`](macro@carries_trace) adds the field by itself, and [`Carried`] is for types that
/// one does not own.
#[cfg(feature = "macros")]
pub use tracing_relay_macros::CarriesTrace;

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
/// # Functions
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
#[cfg(all(feature = "testing", feature = "macros"))]
pub use tracing_relay_macros::test;
