//! The formats in which a context travels, one module each. All of them are pure: bytes in, values
//! out, no panic on any input.
#![expect(
    single_use_lifetimes,
    reason = "the lint asks for an anonymous lifetime inside `impl Trait`, which is unstable"
)]

pub mod baggage;
mod reasons;
pub mod sentry;
mod text;
pub(crate) mod tracestate;
pub mod w3c;
