//! Traces that survive every hop.

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "macros")]
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
mod transport;
#[cfg(feature = "testing")]
pub mod testing;
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

#[cfg(all(feature = "macros", feature = "testing"))]
pub use attributes::test;
#[cfg(feature = "macros")]
pub use attributes::{CarriesTrace, carries_trace};
#[cfg(all(feature = "macros", feature = "spans"))]
pub use attributes::{relay_traced, request_span, traced};
