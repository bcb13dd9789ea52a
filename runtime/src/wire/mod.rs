//! The formats in which a context travels, one module each. All of them are pure: bytes in, values
//! out, no panic on any input.

pub mod baggage;
mod reasons;
pub mod sentry;
mod text;
pub(crate) mod tracestate;
pub mod w3c;
