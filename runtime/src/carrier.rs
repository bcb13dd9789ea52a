//! What carries a trace: the traits that messages and headers implement, the result of looking
//! into one, and [`TraceCarrier`], the slot inside a message.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use crate::baggage::Baggage;
use crate::context::TraceContext;

/// A value that brings a trace along: a message, a set of headers, an envelope.
///
/// `#[carries_trace]` and `#[derive(CarriesTrace)]` implement it for messages. Implement it by hand for the headers of
/// a transport that this crate does not know, together with [`CarriesTraceMut`] for the other direction:
///
/// ```
/// use tracing_relay::wire::w3c;
/// use tracing_relay::{CarriesTrace, CarriesTraceMut, Extracted, TraceContext};
///
/// /// The headers of some queue's message.
/// #[derive(Default)]
/// struct Headers(Vec<(String, Vec<u8>)>);
///
/// impl CarriesTrace for Headers {
///     fn extract(&self) -> Extracted {
///         w3c::extract(|name| {
///             self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_slice())
///         })
///     }
/// }
///
/// impl CarriesTraceMut for Headers {
///     fn inject(&mut self, context: &TraceContext) {
///         w3c::inject(context, |name, value| {
///             self.0.retain(|(key, _)| key != name);
///             self.0.extend(value.map(|value| (name.to_owned(), value.as_bytes().to_vec())));
///         });
///     }
///
///     fn erase(&mut self) {
///         w3c::erase(|name| self.0.retain(|(key, _)| key != name));
///     }
/// }
///
/// let context: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
/// let mut headers = Headers::default();
/// headers.inject(&context);
/// assert_eq!(headers.extract().context(), Some(&context));
/// headers.erase();
/// assert!(headers.is_empty_carrier());
/// # Ok::<(), tracing_relay::InvalidCarrier>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not carry a trace",
    label = "this type has no trace carrier",
    note = "put `#[carries_trace]` on the struct, or derive `CarriesTrace` with a `#[carrier]` field, or send `Carried<{Self}>`"
)]
#[cfg_attr(
    not(feature = "http"),
    diagnostic::on_unimplemented(
        note = "HTTP headers and requests carry with the feature `http` of `tracing-relay`"
    )
)]
pub trait CarriesTrace {
    /// Looks for a trace context: absent, valid, or present but invalid with the reason.
    ///
    /// Must not panic and must not change what the value means to the program.
    fn extract(&self) -> Extracted;

    /// Whether [`extract`](Self::extract) would find nothing at all. Asked first where nobody listens;
    /// implement it where the answer is cheaper than an extraction.
    #[inline]
    fn is_empty_carrier(&self) -> bool {
        self.extract().is_absent()
    }
}

/// A carrier that a context can be written into.
#[diagnostic::on_unimplemented(
    message = "no trace context can be written into `{Self}`",
    label = "this carrier can be read but not written",
    note = "take the message by value or by `&mut`, so that the context of the span can be written into it"
)]
pub trait CarriesTraceMut: CarriesTrace {
    /// Writes `context`, in place of whatever the carrier held.
    fn inject(&mut self, context: &TraceContext);

    /// Takes out whatever the carrier holds, baggage included: what came from outside and is not
    /// trusted must not travel on.
    fn erase(&mut self);

    /// A new carrier with this context, of a type that is nothing but a carrier; a message cannot be
    /// made up.
    #[doc(hidden)]
    #[must_use]
    fn relay_slot(_context: &TraceContext) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

macro_rules! forward_extract {
    ($($pointer:ty),+ $(,)?) => {$(
        impl<T: CarriesTrace + ?Sized> CarriesTrace for $pointer {
            #[inline]
            fn extract(&self) -> Extracted {
                (**self).extract()
            }

            #[inline]
            fn is_empty_carrier(&self) -> bool {
                (**self).is_empty_carrier()
            }
        }
    )+};
}

forward_extract!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

macro_rules! forward_inject {
    ($($pointer:ty),+ $(,)?) => {$(
        impl<T: CarriesTraceMut + ?Sized> CarriesTraceMut for $pointer {
            fn inject(&mut self, context: &TraceContext) {
                (**self).inject(context);
            }

            fn erase(&mut self) {
                (**self).erase();
            }
        }
    )+};
}

forward_inject!(&mut T, Box<T>);

/// An absent message carries nothing.
impl<T: CarriesTrace> CarriesTrace for Option<T> {
    fn extract(&self) -> Extracted {
        self.as_ref().map_or_else(Extracted::absent, T::extract)
    }

    #[inline]
    fn is_empty_carrier(&self) -> bool {
        self.as_ref().is_none_or(T::is_empty_carrier)
    }
}

/// Into an absent message nothing is written, because nothing is sent. An absent [`TraceCarrier`] is
/// the empty slot of a message that is: it is filled.
impl<T: CarriesTraceMut> CarriesTraceMut for Option<T> {
    fn inject(&mut self, context: &TraceContext) {
        match self {
            Some(message) => message.inject(context),
            None => *self = T::relay_slot(context),
        }
    }

    fn erase(&mut self) {
        if let Some(message) = self {
            message.erase();
        }
    }
}

/// A context carries itself.
impl CarriesTrace for TraceContext {
    fn extract(&self) -> Extracted {
        Extracted::valid(self.clone())
    }
}

/// What a look into a carrier found.
///
/// A carrier is absent, or it holds a valid context, or it holds something that is not one. An invalid carrier counts
/// as absent for the parent of a span, and is reported once. Baggage can be there in each case.
#[derive(Clone, Debug, PartialEq)]
pub struct Extracted {
    context: Result<Option<TraceContext>, InvalidCarrier>,
    baggage: Baggage,
}

impl Extracted {
    /// Nothing was there.
    #[must_use]
    pub const fn absent() -> Self {
        Self {
            context: Ok(None),
            baggage: Baggage::new(),
        }
    }

    /// A context was there.
    #[must_use]
    pub const fn valid(context: TraceContext) -> Self {
        Self {
            context: Ok(Some(context)),
            baggage: Baggage::new(),
        }
    }

    /// Something was there that is not a context.
    #[must_use]
    pub const fn invalid(reason: InvalidCarrier) -> Self {
        Self {
            context: Err(reason),
            baggage: Baggage::new(),
        }
    }

    /// The same with baggage: that of the context, or beside an absent or invalid one.
    #[must_use]
    pub fn with_baggage(mut self, baggage: Baggage) -> Self {
        if let Ok(Some(context)) = self.context {
            self.context = Ok(Some(context.with_baggage(baggage)));
        } else {
            self.baggage = baggage;
        }
        self
    }

    /// The context, if a valid one was there.
    #[must_use]
    pub const fn context(&self) -> Option<&TraceContext> {
        match &self.context {
            Ok(Some(context)) => Some(context),
            _ => None,
        }
    }

    /// Why what was there is not a context.
    #[must_use]
    pub const fn error(&self) -> Option<InvalidCarrier> {
        match self.context {
            Err(reason) => Some(reason),
            _ => None,
        }
    }

    /// The baggage, with or without a context.
    #[must_use]
    pub fn baggage(&self) -> &Baggage {
        match &self.context {
            Ok(Some(context)) => context.baggage(),
            _ => &self.baggage,
        }
    }

    /// Whether there was nothing at all: no context, nothing invalid and no baggage.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self.context, Ok(None)) && self.baggage.is_empty()
    }

    /// The context or the reason, and the baggage that came without a context.
    pub(crate) fn into_parts(self) -> (Result<Option<TraceContext>, InvalidCarrier>, Baggage) {
        (self.context, self.baggage)
    }
}

/// What was found can be looked into again.
impl CarriesTrace for Extracted {
    #[inline]
    fn extract(&self) -> Extracted {
        self.clone()
    }

    #[inline]
    fn is_empty_carrier(&self) -> bool {
        self.is_absent()
    }
}

/// Why a carrier that was present is not a trace context. Displays as a short sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvalidCarrier(&'static str);

impl InvalidCarrier {
    pub(crate) const WRONG_TYPE: Self = Self("the carrier is not a map of strings");

    /// A reason in words, lower case and without a final full stop, for carriers with a format of
    /// their own. Reasons are compared as text when repeated warnings are held back.
    #[must_use]
    pub const fn new(reason: &'static str) -> Self {
        Self(reason)
    }

    /// The reason in words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for InvalidCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidCarrier {}

/// The slot for a trace context inside a message. **It is metadata: it never changes a message's
/// `Eq`, `Ord` or `Hash`.** Two carriers are always equal; compare [`context()`](Self::context) to
/// compare what they carry.
///
/// `Default` and [`capture`](Self::capture) take the current context, so a message that is built
/// inside a span belongs to that span. `Clone` keeps the context: a template that messages are
/// cloned from must hold [`none`](Self::none), or every message made from it belongs to the trace
/// that built the template; [`recapture`](Self::recapture) takes the current context instead.
///
/// # Serde
///
/// A carrier is written as a map with `traceparent` and, when there are any, `tracestate` and
/// `baggage`. Reading never fails because of what the carrier holds: a value of the wrong type or
/// a malformed context reads as empty, and is reported when a span asks for it. See
/// [`serde_form`](crate::serde_form) for the field attributes and for formats that do not describe
/// themselves.
#[derive(Clone)]
pub struct TraceCarrier(pub(crate) Slot);

#[derive(Clone)]
pub(crate) enum Slot {
    Empty,
    Context(TraceContext),
    Invalid(InvalidCarrier),
}

impl TraceCarrier {
    /// A carrier with the context of the current span; empty outside a trace. Costs one look at a
    /// thread-local.
    #[must_use]
    pub fn capture() -> Self {
        crate::current::context().map_or(Self(Slot::Empty), Self::from)
    }

    /// An empty carrier.
    #[must_use]
    pub const fn none() -> Self {
        Self(Slot::Empty)
    }

    /// What the carrier holds.
    #[must_use]
    pub const fn context(&self) -> Option<&TraceContext> {
        match &self.0 {
            Slot::Context(context) => Some(context),
            Slot::Empty | Slot::Invalid(_) => None,
        }
    }

    /// Whether nothing would be written: the carrier is empty, or held something malformed.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.context().is_none()
    }

    /// Takes the carrier out and leaves an empty one, for a trace that is continued once: a second
    /// call gives nothing. `std::mem::take` would leave the current context, as `Default` does.
    ///
    /// ```
    /// use tracing_relay::{TraceCarrier, TraceContext};
    ///
    /// let renewal: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse()?;
    /// let mut headers = TraceCarrier::from(renewal.clone());
    /// assert_eq!(headers.take().context(), Some(&renewal), "the connection that the renewal asked for");
    /// assert!(headers.take().is_none(), "a later one has a trace of its own");
    /// # Ok::<(), tracing_relay::InvalidCarrier>(())
    /// ```
    #[must_use]
    pub const fn take(&mut self) -> Self {
        std::mem::replace(self, Self::none())
    }

    /// Takes the current context in place of the one that a clone brought along; empty outside a
    /// trace.
    pub fn recapture(&mut self) {
        *self = Self::capture();
    }
}

/// [`TraceCarrier::capture`].
impl Default for TraceCarrier {
    fn default() -> Self {
        Self::capture()
    }
}

impl From<TraceContext> for TraceCarrier {
    fn from(context: TraceContext) -> Self {
        Self(Slot::Context(context))
    }
}

impl CarriesTrace for TraceCarrier {
    fn extract(&self) -> Extracted {
        match &self.0 {
            Slot::Empty => Extracted::absent(),
            Slot::Context(context) => Extracted::valid(context.clone()),
            Slot::Invalid(reason) => Extracted::invalid(*reason),
        }
    }

    #[inline]
    fn is_empty_carrier(&self) -> bool {
        matches!(self.0, Slot::Empty)
    }
}

impl CarriesTraceMut for TraceCarrier {
    fn inject(&mut self, context: &TraceContext) {
        self.0 = Slot::Context(context.clone());
    }

    fn erase(&mut self) {
        self.0 = Slot::Empty;
    }

    fn relay_slot(context: &TraceContext) -> Option<Self> {
        Some(context.clone().into())
    }
}

/// Always equal: a carrier is not part of what a message says.
impl PartialEq for TraceCarrier {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for TraceCarrier {}

impl PartialOrd for TraceCarrier {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Always equal, as in `Eq`.
impl Ord for TraceCarrier {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

/// Adds nothing to the hash, as `Eq` demands.
impl Hash for TraceCarrier {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Prints the `traceparent`, or `none`.
impl fmt::Debug for TraceCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Slot::Empty => f.write_str("none"),
            Slot::Context(context) => fmt::Debug::fmt(context, f),
            Slot::Invalid(reason) => write!(f, "invalid({reason})"),
        }
    }
}
