//! The attribute macros of tracing-relay. Depend on `tracing-relay`, which re-exports and
//! documents them.
//!
//! Each macro reads its arguments and its item independently (`args`), turns them into a checked
//! meaning (`plan`) and prints that as tokens (`expand`). The modules here are what they share.
//!
//! With the environment variable `TRACING_RELAY_EXPAND` set to the name of an item, or to `*`, the
//! expansion is printed when the item is compiled.

#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::expect_used,
        clippy::panic,
        clippy::unwrap_used,
        reason = "tests fail by panicking"
    )
)]

mod carries_trace;
mod derive_carries_trace;
mod derive_span_fields;
mod diag;
mod driver;
mod item;
mod options;
mod paths;
mod settings;
#[cfg(test)]
mod snapshots;
mod span;
mod test_attribute;

use proc_macro::TokenStream;

/// The options of all attributes: a mistaken option is looked up in those of the others.
static TABLES: &[&options::Table] = &[
    &carries_trace::args::TABLE,
    &derive_carries_trace::args::ON_TYPE,
    &derive_carries_trace::args::ON_VARIANT,
    &derive_carries_trace::args::ON_FIELD,
    &derive_span_fields::plan::ON_TYPE,
    &span::args::REQUEST_SPAN,
    &span::args::TRACED,
    &span::args::RELAY_TRACED,
    &test_attribute::args::TEST,
];

/// Adds a trace carrier to a struct.
#[proc_macro_attribute]
pub fn carries_trace(args: TokenStream, item: TokenStream) -> TokenStream {
    carries_trace::run(args.into(), item.into()).into()
}

/// Implements `CarriesTrace` and `CarriesTraceMut` with the field that is marked `#[carrier]`.
#[proc_macro_derive(CarriesTrace, attributes(carrier))]
pub fn derive_carries_trace(item: TokenStream) -> TokenStream {
    derive_carries_trace::run(item.into()).into()
}

/// Implements `SpanFields` with the fields that are marked `#[field]` and `#[fields]`.
#[proc_macro_derive(SpanFields, attributes(field, fields, span_fields))]
pub fn derive_span_fields(item: TokenStream) -> TokenStream {
    derive_span_fields::run(item.into()).into()
}

/// Opens the span of a request around a handler.
#[proc_macro_attribute]
pub fn request_span(args: TokenStream, item: TokenStream) -> TokenStream {
    span::expand(span::Attribute::RequestSpan, args.into(), item.into()).into()
}

/// Opens a span around a step.
#[proc_macro_attribute]
pub fn traced(args: TokenStream, item: TokenStream) -> TokenStream {
    span::expand(span::Attribute::Traced, args.into(), item.into()).into()
}

/// Runs an operation in the trace scope of its component.
#[proc_macro_attribute]
pub fn relay_traced(args: TokenStream, item: TokenStream) -> TokenStream {
    span::expand(span::Attribute::RelayTraced, args.into(), item.into()).into()
}

/// A test on a trace pipeline of its own.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test_attribute::expand(arguments.into(), item.into()).into()
}
