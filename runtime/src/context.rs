//! [`TraceContext`]: the W3C value that travels, and its `tracestate`.

use std::fmt;
use std::sync::Arc;

use crate::baggage::Baggage;
use crate::carrier::InvalidCarrier;
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::wire::w3c::Traceparent;

/// The position of one span in one trace, with what travels along: flags, `tracestate` and baggage.
///
/// A value of this type is always valid: neither id is zero, the `tracestate` is within the
/// grammar and limits of [W3C Trace Context Level 2](https://www.w3.org/TR/trace-context-2/) and
/// the baggage within those of [W3C Baggage](https://www.w3.org/TR/baggage/).
///
/// Cloning is cheap: nothing is allocated, and with `tracestate` or baggage a reference count goes up.
///
/// Equality compares ids, flags, `tracestate` and baggage. Whether a context
/// [is remote](Self::is_remote) says how it came here and is not compared.
#[derive(Clone)]
pub struct TraceContext {
    trace_id: TraceId,
    span_id: SpanId,
    flags: TraceFlags,
    remote: bool,
    /// What most contexts do not have.
    extras: Option<Arc<Extras>>,
}

/// What travels along, where there is anything.
#[derive(Clone, Default, PartialEq, Eq)]
struct Extras {
    tracestate: Option<TraceState>,
    baggage: Baggage,
}

static NO_BAGGAGE: Baggage = Baggage::new();

impl TraceContext {
    /// A local context without `tracestate` and baggage.
    #[must_use]
    pub const fn new(trace_id: TraceId, span_id: SpanId, flags: TraceFlags) -> Self {
        Self {
            trace_id,
            span_id,
            flags,
            remote: false,
            extras: None,
        }
    }

    /// The id of the trace.
    #[must_use]
    pub const fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The id of the span.
    #[must_use]
    pub const fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// The whole flags byte.
    #[must_use]
    pub const fn flags(&self) -> TraceFlags {
        self.flags
    }

    /// Whether this context was parsed from a header, a message or the environment, and so names a
    /// span of another process. A context that is handed on inside one process is local.
    #[must_use]
    pub const fn is_remote(&self) -> bool {
        self.remote
    }

    /// The vendors' state, if there is any.
    #[must_use]
    pub fn tracestate(&self) -> Option<&TraceState> {
        self.extras.as_ref()?.tracestate.as_ref()
    }

    /// The application's key-value pairs that travel with the trace.
    #[must_use]
    pub fn baggage(&self) -> &Baggage {
        self.extras
            .as_ref()
            .map_or(&NO_BAGGAGE, |extras| &extras.baggage)
    }

    /// The same context with this state.
    #[must_use]
    pub fn with_tracestate(self, tracestate: Option<TraceState>) -> Self {
        if self.tracestate() == tracestate.as_ref() {
            return self;
        }
        let baggage = self.baggage().clone();
        self.with_extras(tracestate, baggage)
    }

    /// The same context with this baggage instead of its own.
    #[must_use]
    pub fn with_baggage(self, baggage: Baggage) -> Self {
        if self.baggage().is_empty() && baggage.is_empty() {
            return self;
        }
        let tracestate = self.tracestate().cloned();
        self.with_extras(tracestate, baggage)
    }

    fn with_extras(mut self, tracestate: Option<TraceState>, baggage: Baggage) -> Self {
        let nothing = tracestate.is_none() && baggage.is_empty();
        self.extras = (!nothing).then(|| {
            Arc::new(Extras {
                tracestate,
                baggage,
            })
        });
        self
    }

    /// What stands where no context is known yet. Its ids mean nothing.
    #[cfg(feature = "engine")]
    pub(crate) const NONE: Self = Self::new(
        TraceId::PLACEHOLDER,
        SpanId::PLACEHOLDER,
        TraceFlags::new(0),
    );

    /// The context of a span of this process below this one, with all that travels along.
    #[cfg(feature = "engine")]
    #[must_use]
    pub(crate) fn child(&self, span_id: SpanId, flags: TraceFlags) -> Self {
        Self {
            trace_id: self.trace_id,
            span_id,
            flags,
            remote: false,
            extras: self.extras.clone(),
        }
    }

    /// Whether nothing travels along.
    #[cfg(feature = "engine")]
    pub(crate) const fn is_plain(&self) -> bool {
        self.extras.is_none()
    }

    /// The same context with the sampled flag set or cleared.
    #[cfg(feature = "engine")]
    #[must_use]
    pub(crate) const fn into_sampled(mut self, sampled: bool) -> Self {
        self.flags = self.flags.with_sampled(sampled);
        self
    }

    /// The same context without baggage.
    #[cfg(feature = "spans")]
    #[must_use]
    pub(crate) fn without_baggage(&self) -> Self {
        let mut context = self.clone();
        if !self.baggage().is_empty() {
            context = context.with_baggage(Baggage::new());
        }
        context
    }

    /// The same context, marked as one that came from another process.
    #[must_use]
    pub(crate) const fn into_remote(mut self) -> Self {
        self.remote = true;
        self
    }

    /// The `traceparent` of this context, on the stack: 55 bytes, nothing is allocated.
    ///
    /// ```
    /// use tracing_relay::TraceContext;
    ///
    /// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
    /// assert_eq!(
    ///     context.traceparent().as_str(),
    ///     "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    /// );
    /// # Ok::<(), tracing_relay::InvalidCarrier>(())
    /// ```
    #[must_use]
    pub fn traceparent(&self) -> Traceparent {
        Traceparent::new(self)
    }
}

/// Parses a `traceparent`; the result is remote.
impl std::str::FromStr for TraceContext {
    type Err = InvalidCarrier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        crate::wire::w3c::parse_traceparent(text.as_bytes())
    }
}

impl PartialEq for TraceContext {
    fn eq(&self, other: &Self) -> bool {
        self.trace_id == other.trace_id
            && self.span_id == other.span_id
            && self.flags == other.flags
            && self.extras == other.extras
    }
}

impl Eq for TraceContext {}

/// Prints the `traceparent` and, where there is one, the `tracestate`. Baggage holds application
/// data and is printed as a count.
impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.traceparent().as_str())?;
        if let Some(tracestate) = self.tracestate() {
            write!(f, " tracestate={tracestate}")?;
        }
        if !self.baggage().is_empty() {
            write!(f, " baggage=({} entries)", self.baggage().len())?;
        }
        Ok(())
    }
}

/// The vendors' state that travels with a trace: a list of at most 32 members
/// ([W3C Trace Context Level 2, `tracestate`](https://www.w3.org/TR/trace-context-2/#tracestate-header)).
///
/// A value of this type was checked against the grammar and is never empty.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TraceState(Arc<str>);

impl TraceState {
    /// Wraps text that the codec has checked.
    pub(crate) fn from_checked(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// A state with one member.
    ///
    /// # Errors
    ///
    /// Key or value is not within the grammar.
    pub fn new(key: &str, value: &str) -> Result<Self, InvalidCarrier> {
        crate::wire::tracestate::with_first("", key, value)
    }

    /// The state with this member in the first place, in the place of an older one with the same
    /// key. All others keep their order. Of 32 others, the last one is dropped: it is the oldest.
    ///
    /// # Errors
    ///
    /// Key or value is not within the grammar.
    ///
    /// ```
    /// use tracing_relay::TraceState;
    ///
    /// let received: TraceState = "rojo=1,congo=2".parse()?;
    /// assert_eq!(received.with("congo", "3")?.as_str(), "congo=3,rojo=1");
    /// # Ok::<(), tracing_relay::InvalidCarrier>(())
    /// ```
    pub fn with(&self, key: &str, value: &str) -> Result<Self, InvalidCarrier> {
        crate::wire::tracestate::with_first(&self.0, key, value)
    }

    /// The state without the member with this key; `None` when nothing is left.
    ///
    /// Only for keys of one's own: the specification asks not to delete those of others.
    #[must_use]
    pub fn without(&self, key: &str) -> Option<Self> {
        crate::wire::tracestate::without(&self.0, key)
    }

    /// The state as it is sent: members in order, joined by commas.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of the member with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    /// The members in order, the most recent first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .split(',')
            .filter_map(|member| member.split_once('='))
    }
}

impl fmt::Display for TraceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TraceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Parses one header line; several lines are joined by
/// [`parse_tracestate`](crate::wire::w3c::parse_tracestate).
impl std::str::FromStr for TraceState {
    type Err = InvalidCarrier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        crate::wire::tracestate::read([text.as_bytes()])
    }
}
