//! The attributes of messages.

#![allow(unused_imports, reason = "the documentation links to them")]

use crate::carried::Carried;
use crate::carrier::{CarriesTrace, CarriesTraceMut, TraceCarrier};
use crate::serde_form;

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
///
///     fn erase(&mut self) {
///         self.trace.erase();
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
/// A struct that serde converts, with `#[serde(into = "…")]` or `from`, is written as another type. It
/// is refused until that type has the carrier, the conversions hand it on, and the struct says
/// `serde = false`.
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
pub use tracing_relay_macros::carries_trace;

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
/// Hands both traits on to the marked field. The enum above implements
///
/// ```
/// # use tracing_relay::{CarriesTrace, Extracted, TraceCarrier};
/// # enum Op { Start { prompt: String, trace: TraceCarrier }, Stop(TraceCarrier), Ping }
/// impl CarriesTrace for Op {
///     fn extract(&self) -> Extracted {
///         match self {
///             Self::Start { trace, .. } | Self::Stop(trace) => trace.extract(),
///             Self::Ping => Extracted::absent(),
///         }
///     }
/// }
/// ```
///
/// and [`CarriesTraceMut`] in the same way. That field is a [`TraceCarrier`], or of any type that
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
pub use tracing_relay_macros::CarriesTrace;
