//! What generated code uses, and nothing else may: none of it is covered by semantic versioning.
//!
//! The probes ask a question about a type by method resolution. The method that answers best is
//! found on the receiver with the most references; what it needs that the type does not have sends
//! the search one reference down, to the next best answer. Their methods begin with `relay_`, so that
//! no trait that a program implements for all types has a method of the same name.

#![allow(
    unnameable_types,
    reason = "the answers of the probes are handed on and never named"
)]

#[cfg(feature = "spans")]
mod carriers;
#[cfg(feature = "spans")]
mod conventions;
#[cfg(feature = "spans")]
mod keys;
mod messages;
#[cfg(feature = "spans")]
mod results;
#[cfg(feature = "engine")]
mod scopes;
#[cfg(feature = "spans")]
mod values;

pub use serde::Serialize;
pub use std::boxed::Box;
pub use std::default::Default;
pub use std::fmt::{Debug, Display};
pub use std::option::Option;
pub use std::pin::Pin;
pub use std::prelude::rust_2024::drop;

#[cfg(feature = "spans")]
pub use tracing::Level;

pub use crate::carrier::{CarriesTrace, CarriesTraceMut, Extracted, TraceCarrier};
pub use crate::context::TraceContext;
#[cfg(feature = "spans")]
pub use crate::scope::TraceScope;
#[cfg(feature = "spans")]
pub use crate::session::AsSession;
#[cfg(feature = "spans")]
pub use crate::span::{
    Ambience, AttributeValue, DurationMetric, ErrorDetail, FieldValue, FieldValues, Finish, Kind,
    LateFields, OlderName, Opening, OwnedValues, Span, SpanFields, SpanOptions, SpanSite,
    in_deferred_span, in_span, in_span_async, in_span_async_with, in_span_stream,
};

#[cfg(feature = "spans")]
pub use carriers::{
    AParameterCanCarry, AParameterCarries, Carriers, CountedAfter, FindNoCarrier,
    FindNoOutgoingCarrier, Found, LeaveAlone, NoParameter, NotFound, OneParameter,
    OnlyOneParameterCarries, Outgoing, OutgoingProbe, ParameterProbe, RestampProbe,
    SeveralParameters,
};
#[cfg(feature = "spans")]
pub use conventions::{IntegerValue, as_text, integer};
#[cfg(feature = "spans")]
pub use keys::{MOST_KEYS, count_keys, first_keys, join_keys};
pub use messages::{
    CarrierCanBeWritten, IsNotSerialize, IsSerialize, NotSerialize, SerializeProbe,
    SerializeSeesTheCarrier, derives_see_the_carrier,
};
#[cfg(feature = "spans")]
pub use results::{
    AFuture, AValue, IsThereOnReturn, Outcome, PlainReturn, ResultProbe, ReturnProbe,
    ReturnsAResult, WholeResult, any_value, never_fails, outcome_probe, outcome_probe_of,
    output_is, whole,
};
#[cfg(feature = "engine")]
pub use scopes::is_prefix_of_variables;
#[cfg(feature = "spans")]
pub use values::{Recorded, Unrecordable, ValueProbe, debug, display};

/// The type of what never returns. `!` itself cannot be written there on stable Rust; the output of
/// a function pointer can be named.
#[cfg(feature = "spans")]
pub type Never = <fn() -> ! as ReturnOf>::Output;

/// What a function pointer returns.
#[cfg(feature = "spans")]
pub trait ReturnOf {
    /// The type.
    type Output;
}

#[cfg(feature = "spans")]
impl<R> ReturnOf for fn() -> R {
    type Output = R;
}
