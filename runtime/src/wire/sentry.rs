//! The flavour of Sentry's SDKs: `sentry-trace` and `baggage`.
//!
//! `sentry-trace` is `<32 digits>-<16 digits>`, then `-1` or `-0` when the sender has decided
//! whether the trace is recorded. The header alone continues a trace. The `sentry-*` members that
//! the SDKs put into `baggage` describe the trace as a whole and are frozen once it is
//! running: they are sent on exactly as they came.
//!
//! The format has no place for a `tracestate` and for more than one flag; both end at a hop that
//! speaks it.

use std::fmt;

use super::text::{hex_field, single_line};
use super::w3c::{BAGGAGE, set_baggage, with_baggage_lines};
use crate::carrier::{Extracted, InvalidCarrier};
use crate::context::TraceContext;
use crate::ids::{SpanId, TraceFlags, TraceId, write_hex};

/// The name of the header with the ids and the sampling decision.
pub const SENTRY_TRACE: &str = "sentry-trace";

/// A `sentry-trace` on the stack: 51 characters, always with a decision.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SentryTrace([u8; 51]);

impl SentryTrace {
    /// The ids of a context and whether it is sampled. Nothing is allocated.
    ///
    /// ```
    /// use tracing_relay::TraceContext;
    /// use tracing_relay::wire::sentry::SentryTrace;
    ///
    /// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03".parse()?;
    /// assert_eq!(
    ///     SentryTrace::new(&context).as_str(),
    ///     "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
    /// );
    /// # Ok::<(), tracing_relay::InvalidCarrier>(())
    /// ```
    #[must_use]
    pub fn new(context: &TraceContext) -> Self {
        let mut text = *b"00000000000000000000000000000000-0000000000000000-0";
        write_hex(&context.trace_id().to_bytes(), &mut text[..32]);
        write_hex(&context.span_id().to_bytes(), &mut text[33..49]);
        text[50] += u8::from(context.flags().is_sampled());
        Self(text)
    }

    /// The text, as it goes into the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only digits and dashes were written.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl AsRef<str> for SentryTrace {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for SentryTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for SentryTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Parses a `sentry-trace`; the result [is remote](TraceContext::is_remote). Nothing is allocated.
///
/// Without a third part the sender leaves the decision to the receiver. [`TraceFlags`] has no
/// such state, and the result is sampled: as unsampled, a trace that nobody decided against would
/// be dropped by every service that respects its parent.
///
/// # Errors
///
/// The first reason, from left to right, why it is not one.
///
/// ```
/// use tracing_relay::InvalidCarrier;
/// use tracing_relay::wire::sentry::parse_sentry_trace;
///
/// let undecided = parse_sentry_trace(b"4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7")?;
/// assert!(undecided.flags().is_sampled());
/// let refused = parse_sentry_trace(b"4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0")?;
/// assert!(!refused.flags().is_sampled());
/// # Ok::<(), InvalidCarrier>(())
/// ```
pub fn parse_sentry_trace(text: &[u8]) -> Result<TraceContext, InvalidCarrier> {
    if text.is_empty() {
        return Err(InvalidCarrier::EMPTY);
    }
    let mut rest = Some(text);
    let trace_id = TraceId::from_bytes(hex_field(&mut rest, InvalidCarrier::TRACE_ID_LENGTH)?)
        .ok_or(InvalidCarrier::ZERO_TRACE_ID)?;
    let span_id = SpanId::from_bytes(hex_field(&mut rest, InvalidCarrier::SPAN_ID_LENGTH)?)
        .ok_or(InvalidCarrier::ZERO_SPAN_ID)?;
    let sampled = match rest {
        None | Some(b"1") => true,
        Some(b"0") => false,
        Some([b'0' | b'1', b'-', ..]) => return Err(InvalidCarrier::TRAILING_DATA),
        Some(_) => return Err(InvalidCarrier::SENTRY_DECISION),
    };
    let flags = TraceFlags::new(0).with_sampled(sampled);
    Ok(TraceContext::new(trace_id, span_id, flags).into_remote())
}

/// Looks for a context in headers, like [`w3c::extract`](super::w3c::extract): `lines` gives the
/// values of all lines named `sentry-trace` or `baggage`, in order.
///
/// ```
/// use tracing_relay::wire::sentry;
///
/// let found = sentry::extract(|name| match name {
///     "sentry-trace" => Some("4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1".as_bytes()),
///     _ => None,
/// });
/// assert!(found.context().is_some_and(|context| context.is_remote()));
/// ```
pub fn extract<'a, L>(lines: impl Fn(&'static str) -> L) -> Extracted
where
    L: IntoIterator<Item = &'a [u8]>,
{
    let context =
        single_line(lines(SENTRY_TRACE)).and_then(|line| line.map(parse_sentry_trace).transpose());
    with_baggage_lines(context, lines(BAGGAGE))
}

/// Writes a context into headers, like [`w3c::inject`](super::w3c::inject): `set` gets
/// `sentry-trace` with its value, and `baggage` with its value or, where it must be removed, `None`.
pub fn inject(context: &TraceContext, mut set: impl FnMut(&'static str, Option<&str>)) {
    set(SENTRY_TRACE, Some(SentryTrace::new(context).as_str()));
    set_baggage(context.baggage(), set);
}
