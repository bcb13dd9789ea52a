//! W3C Trace Context Level 2 and the headers that carry it: `traceparent`, `tracestate` and
//! `baggage`.
//!
//! The codec is strict, as <https://www.w3.org/TR/trace-context-2/> is:
//!
//! - Digits are lower case and every field has exactly its length. A version above 00 is read as far
//!   as version 00 goes; what is sent on is version 00.
//! - All eight flags are kept, and sent on with the context as they came. The specification gives a
//!   meaning to two of them and wants the others zero in a context that one makes oneself.
//! - A `traceparent` that comes on two lines is invalid, and with an invalid or absent one the
//!   `tracestate` is not looked at.
//! - A malformed `tracestate` is discarded whole and does not spoil the `traceparent`.
//! - Empty headers are absent ones, and none is ever sent.

use std::fmt;

use super::text::{decode_hex, hex_field, single_line};
use crate::baggage::Baggage;
use crate::carrier::{Extracted, InvalidCarrier};
use crate::context::{TraceContext, TraceState};
use crate::ids::{SpanId, TraceFlags, TraceId, write_hex};

pub use super::tracestate::parse_tracestate;

/// The name of the header with the ids and the flags.
pub const TRACEPARENT: &str = "traceparent";
/// The name of the header with the vendors' state.
pub const TRACESTATE: &str = "tracestate";
/// The name of the header with the application's key-value pairs.
pub const BAGGAGE: &str = "baggage";

/// A `traceparent` on the stack: version 00, 55 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traceparent([u8; 55]);

impl Traceparent {
    pub(crate) fn new(context: &TraceContext) -> Self {
        let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
        write_hex(&context.trace_id().to_bytes(), &mut text[3..35]);
        write_hex(&context.span_id().to_bytes(), &mut text[36..52]);
        write_hex(&[context.flags().bits()], &mut text[53..]);
        Self(text)
    }

    /// The text, as it goes into the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only digits and dashes were written.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The bytes of the text.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 55] {
        &self.0
    }
}

impl AsRef<str> for Traceparent {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Parses a `traceparent`; the result [is remote](TraceContext::is_remote). Nothing is allocated.
///
/// The text is taken as it is: [`extract`] removes the whitespace around a header line, this does
/// not.
///
/// # Errors
///
/// The first reason, from left to right, why it is not one. A `traceparent` is never repaired.
///
/// ```
/// use tracing_relay::InvalidCarrier;
/// use tracing_relay::wire::w3c::parse_traceparent;
///
/// let context = parse_traceparent(b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03")?;
/// assert!(context.flags().is_sampled() && context.flags().is_random());
///
/// let upper_case = b"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-03";
/// assert_eq!(parse_traceparent(upper_case), Err(InvalidCarrier::NOT_LOWER_HEX));
/// # Ok::<(), InvalidCarrier>(())
/// ```
pub fn parse_traceparent(text: &[u8]) -> Result<TraceContext, InvalidCarrier> {
    match text.try_into().ok().and_then(parse_usual) {
        Some(context) => Ok(context),
        None => parse_fields(text),
    }
}

/// Parses what nearly everybody sends: version 00 in its length. Nothing is said about what it is not.
fn parse_usual(text: &[u8; 55]) -> Option<TraceContext> {
    let (version, rest) = text.split_first_chunk::<3>()?;
    let (trace_id, rest) = rest.split_first_chunk::<32>()?;
    let (dash, rest) = rest.split_first_chunk::<1>()?;
    let (span_id, rest) = rest.split_first_chunk::<16>()?;
    let (other_dash, flags) = rest.split_first_chunk::<1>()?;
    if (version, dash, other_dash) != (b"00-", b"-", b"-") {
        return None;
    }
    let [flags] = decode_hex(flags)?;
    let context = TraceContext::new(
        TraceId::from_bytes(decode_hex(trace_id)?)?,
        SpanId::from_bytes(decode_hex(span_id)?)?,
        TraceFlags::new(flags),
    );
    Some(context.into_remote())
}

/// Parses field by field, with a reason for each that is not right.
fn parse_fields(text: &[u8]) -> Result<TraceContext, InvalidCarrier> {
    if text.is_empty() {
        return Err(InvalidCarrier::EMPTY);
    }
    let mut rest = Some(text);
    let [version] = hex_field(&mut rest, InvalidCarrier::VERSION_LENGTH)?;
    if version == 0xff {
        return Err(InvalidCarrier::VERSION_FF);
    }
    let trace_id = TraceId::from_bytes(hex_field(&mut rest, InvalidCarrier::TRACE_ID_LENGTH)?)
        .ok_or(InvalidCarrier::ZERO_TRACE_ID)?;
    let span_id = SpanId::from_bytes(hex_field(&mut rest, InvalidCarrier::SPAN_ID_LENGTH)?)
        .ok_or(InvalidCarrier::ZERO_SPAN_ID)?;
    let [flags] = hex_field(&mut rest, InvalidCarrier::FLAGS_LENGTH)?;
    // What a later version puts behind the flags is not ours to read.
    if version == 0 && rest.is_some() {
        return Err(InvalidCarrier::TRAILING_DATA);
    }
    Ok(TraceContext::new(trace_id, span_id, TraceFlags::new(flags)).into_remote())
}

/// Looks for a context in headers: `lines` gives the values of all lines with a name, in order.
///
/// The names asked for are `traceparent`, `tracestate` and `baggage`, in lower case; where names have
/// no case, as in HTTP, `lines` must find them in any. Spaces and tabs around a line are removed, and
/// empty lines are absent ones.
///
/// Baggage is found with and without a trace; a malformed member of it is dropped alone, see
/// [`parse_baggage`](super::baggage::parse_baggage). Without `tracestate` and `baggage` nothing is
/// allocated.
///
/// ```
/// use tracing_relay::wire::w3c;
///
/// let headers = [
///     ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
///     ("tracestate", "rojo=1"),
///     ("tracestate", "congo=2"),
/// ];
/// let found = w3c::extract(|name| {
///     headers.iter().filter(move |(key, _)| *key == name).map(|(_, value)| value.as_bytes())
/// });
/// let state = found.context().and_then(|context| context.tracestate()).unwrap();
/// assert_eq!(state.as_str(), "rojo=1,congo=2");
/// ```
pub fn extract<'a, L>(lines: impl Fn(&'static str) -> L) -> Extracted
where
    L: IntoIterator<Item = &'a [u8]>,
{
    let context = single_line(lines(TRACEPARENT))
        .and_then(|line| line.map(parse_traceparent).transpose())
        .map(|context| {
            context.map(|context| context.with_tracestate(parse_tracestate(lines(TRACESTATE))))
        });
    with_baggage_lines(context, lines(BAGGAGE))
}

/// A context or the reason for there being none, together with the lines of the `baggage` header.
pub(super) fn with_baggage_lines<'a>(
    context: Result<Option<TraceContext>, InvalidCarrier>,
    lines: impl IntoIterator<Item = &'a [u8]>,
) -> Extracted {
    let found = match context {
        Ok(Some(context)) => Extracted::valid(context),
        Ok(None) => Extracted::absent(),
        Err(reason) => Extracted::invalid(reason),
    };
    found.with_baggage(super::baggage::parse_baggage(lines))
}

/// Writes a context into headers: `set` gets each name with its only value, or with `None` where
/// the header must be removed.
///
/// `set` has to replace all lines of that name: an old `tracestate` beside a new `traceparent` would
/// be read as the state of a trace that it never belonged to. All values are printable ASCII. Without
/// baggage nothing is allocated here.
///
/// ```
/// use std::collections::BTreeMap;
/// use tracing_relay::TraceContext;
/// use tracing_relay::wire::w3c;
///
/// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
/// let mut headers = BTreeMap::from([("tracestate", "of=another".to_owned())]);
/// w3c::inject(&context, |name, value| match value {
///     Some(value) => drop(headers.insert(name, value.to_owned())),
///     None => drop(headers.remove(name)),
/// });
/// assert_eq!(headers.keys().copied().collect::<Vec<_>>(), ["traceparent"]);
/// # Ok::<(), tracing_relay::InvalidCarrier>(())
/// ```
pub fn inject(context: &TraceContext, mut set: impl FnMut(&'static str, Option<&str>)) {
    set(TRACEPARENT, Some(context.traceparent().as_str()));
    set(TRACESTATE, context.tracestate().map(TraceState::as_str));
    set_baggage(context.baggage(), set);
}

/// Names the three headers, for a carrier that takes them out: see
/// [`CarriesTraceMut::erase`](crate::CarriesTraceMut::erase).
pub fn erase(remove: impl FnMut(&'static str)) {
    [TRACEPARENT, TRACESTATE, BAGGAGE]
        .into_iter()
        .for_each(remove);
}

/// Sets or removes the `baggage` header.
pub(super) fn set_baggage(baggage: &Baggage, mut set: impl FnMut(&'static str, Option<&str>)) {
    if baggage.is_empty() {
        set(BAGGAGE, None);
    } else {
        set(BAGGAGE, Some(&baggage.to_string()));
    }
}
