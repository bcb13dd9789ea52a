//! Traces that survive every hop.

pub mod baggage;
mod carrier;
mod context;
mod current;
mod ids;
pub mod semconv;
pub mod serde_form;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wire;

pub use baggage::Baggage;
pub use carrier::{CarriesTrace, CarriesTraceMut, Extracted, InvalidCarrier, TraceCarrier};
pub use context::{TraceContext, TraceState};
pub use current::current_trace_id;
pub use ids::{SpanId, TraceFlags, TraceId};

/// Makes a test of an `fn` or `async fn`, with a trace pipeline of its own.
///
/// ```
/// use tracing_relay::testing::Traces;
///
/// #[tracing_relay::test]
/// async fn charges_the_card(traces: Traces) {
///     tracing::info_span!("charge").in_scope(|| {});
///     assert_eq!(traces.exported(), ["charge"]);
/// }
/// ```
#[cfg(all(feature = "testing", feature = "macros"))]
pub use tracing_relay_macros::test;
