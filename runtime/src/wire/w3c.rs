//! W3C Trace Context Level 2 and the headers that carry it.

use std::fmt;

use crate::carrier::{Extracted, InvalidCarrier};
use crate::context::{TraceContext, TraceState};

/// A `traceparent` on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traceparent([u8; 55]);

impl Traceparent {
    pub(crate) fn new(_context: &TraceContext) -> Self {
        Self([b'0'; 55])
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Parses a `traceparent`.
///
/// # Errors
///
/// The reason why it is not one.
pub fn parse_traceparent(_text: &[u8]) -> Result<TraceContext, InvalidCarrier> {
    Err(InvalidCarrier::new("not parsed yet"))
}

/// Parses the lines of a `tracestate` header.
pub fn parse_tracestate<'a>(_lines: impl IntoIterator<Item = &'a [u8]>) -> Option<TraceState> {
    None
}

/// Looks for a context in headers.
pub fn extract<'a, L>(_lines: impl Fn(&'static str) -> L) -> Extracted
where
    L: IntoIterator<Item = &'a [u8]>,
{
    Extracted::absent()
}

/// Writes a context into headers.
pub fn inject(_context: &TraceContext, mut _set: impl FnMut(&'static str, Option<&str>)) {}
