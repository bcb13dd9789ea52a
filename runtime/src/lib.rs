//! Traces that survive every hop.

pub mod baggage;
mod carrier;
mod context;
mod current;
pub mod env;
mod ids;
pub mod serde_form;
mod transport;
pub mod wire;

pub use baggage::Baggage;
pub use carrier::{CarriesTrace, CarriesTraceMut, Extracted, InvalidCarrier, TraceCarrier};
pub use context::{TraceContext, TraceState};
pub use current::current_trace_id;
pub use ids::{SpanId, TraceFlags, TraceId};
