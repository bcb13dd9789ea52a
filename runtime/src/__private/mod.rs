//! What generated code uses, and nothing else may: none of it is covered by semantic versioning.
//!
//! The probes ask a question about a type by method resolution. The method that answers best is
//! found on the receiver with the most references; what it needs that the type does not have sends
//! the search one reference down, to the next best answer.

#![allow(
    unnameable_types,
    reason = "the answers of the probes are handed on and never named"
)]

mod carriers;
mod results;
mod values;

pub use std::boxed::Box;
pub use std::option::Option;
pub use std::pin::Pin;
pub use std::prelude::rust_2024::drop;

pub use tracing::callsite::{DefaultCallsite, Identifier};
pub use tracing::field::FieldSet;
pub use tracing::metadata::Kind as MetadataKind;
pub use tracing::{Level, Metadata};

pub use crate::scope::TraceScope;
pub use crate::span::{
    Ambience, AttributeValue, ErrorDetail, Finish, Kind, Opening, OwnedValues, Span, SpanFuture,
    SpanSite, SpanStream, in_span, in_span_async, in_span_stream,
};

pub use crate::carrier::Extracted;
pub use carriers::{
    Carriers, FindNoCarrier, FindNoOutgoingCarrier, LeaveAlone, OutgoingProbe, ParameterProbe,
    RestampProbe, extract, the_only_carrier_is, the_only_outgoing_carrier_is,
};
pub use results::{
    Chained, ChainedSend, Erroneous, Named, NeverFails, OutcomeProbe, PlainReturn, ResultProbe,
    ReturnProbe, WholeResult, Worded, output_is,
};
pub use values::{
    ByDisplay, ByFieldValue, Unrecordable, ValueProbe, as_text, debug, display,
    if_older_rpc_names,
};

/// The type that is written `!`, where only its name would be unstable: `<fn() -> ! as ReturnOf>::Output`.
pub type Never = <fn() -> ! as ReturnOf>::Output;

/// What a function pointer returns.
pub trait ReturnOf {
    /// The type.
    type Output;
}

impl<R> ReturnOf for fn() -> R {
    type Output = R;
}
