//! The attributes, documented where users look: on their re-exports. The macros themselves are in
//! the package `tracing-relay-macros`.

#[cfg(feature = "spans")]
mod fields;
#[cfg(feature = "spans")]
mod functions;
mod messages;
#[cfg(feature = "testing")]
mod testing;

#[cfg(feature = "spans")]
pub use fields::SpanFields;
#[cfg(feature = "spans")]
pub use functions::{relay_traced, request_span, traced};
pub use messages::{CarriesTrace, carries_trace};
#[cfg(feature = "testing")]
pub use testing::test;
