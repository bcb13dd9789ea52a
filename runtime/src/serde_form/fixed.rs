//! The form for formats that do not describe themselves, such as bincode and postcard, for
//! `#[serde(with = "…")]` on a [`TraceCarrier`]. `#[carries_trace(wire = "fixed")]` writes it.
//!
//! The carrier is always written: an option of a tuple of the trace id (16 bytes), the span id (8
//! bytes), the flags (1 byte), an optional `tracestate` and an optional `baggage`, both as text. In
//! postcard and bincode an empty carrier is 1 byte and a context without the last two is 28. Both
//! ends must have the field; a carrier cannot be added to such a format without changing both.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use tracing_relay::carries_trace;
//!
//! #[carries_trace(wire = "fixed")]
//! #[derive(Serialize, Deserialize)]
//! struct Sample {
//!     value: f64,
//! }
//! ```

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use crate::carrier::TraceCarrier;
use crate::context::{TraceContext, TraceState};
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::wire::baggage::parse_baggage;

/// The five parts, with their texts borrowed or owned.
type Fixed<T> = Option<([u8; 16], [u8; 8], u8, Option<T>, Option<String>)>;

/// Writes a carrier, also an empty one.
///
/// # Errors
///
/// Those of the format.
pub fn serialize<S: Serializer>(carrier: &TraceCarrier, serializer: S) -> Result<S::Ok, S::Error> {
    let fixed: Fixed<&str> = carrier.context().map(|context| {
        let baggage = context.baggage();
        (
            context.trace_id().to_bytes(),
            context.span_id().to_bytes(),
            context.flags().bits(),
            context.tracestate().map(TraceState::as_str),
            (!baggage.is_empty()).then(|| baggage.to_string()),
        )
    });
    fixed.serialize(serializer)
}

/// Reads a carrier strictly.
///
/// # Errors
///
/// Those of the format, and an id that is all zero or a `tracestate` outside the grammar: in a
/// format without names these are the signs that the two ends do not have the same fields.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TraceCarrier, D::Error> {
    let Some((trace_id, span_id, flags, tracestate, baggage)) =
        Fixed::<String>::deserialize(deserializer)?
    else {
        return Ok(TraceCarrier::none());
    };
    let trace_id =
        TraceId::from_bytes(trace_id).ok_or_else(|| D::Error::custom("the trace id is zero"))?;
    let span_id =
        SpanId::from_bytes(span_id).ok_or_else(|| D::Error::custom("the span id is zero"))?;
    let tracestate = tracestate
        .map(|text| text.parse())
        .transpose()
        .map_err(D::Error::custom)?;
    let baggage = parse_baggage(baggage.as_deref().map(str::as_bytes));
    let context = TraceContext::new(trace_id, span_id, TraceFlags::new(flags))
        .with_tracestate(tracestate)
        .with_baggage(baggage)
        .into_remote();
    Ok(context.into())
}
