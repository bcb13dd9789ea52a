//! What a span is linked to: the value of the option `links`.

use std::collections::{HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use crate::attempt::Opened;
use crate::carrier::{CarriesTrace, InvalidCarrier};
use crate::context::TraceContext;
use crate::current::Realm;
use crate::ids::{SpanId, TraceId};
use crate::span::{AttributeValue, OwnedValue};

/// The most links that are kept for one span until it opens. OpenTelemetry's own limit is 128.
const MOST: usize = 1024;

/// A value that says what a span is linked to: what the option `links` of the function attributes takes.
///
/// Everything that [carries a trace](CarriesTrace) is one, with the one context that it carries: a message, its
/// carrier, a [`TraceContext`], each behind a reference or in an `Option`. A slice, an array, a `Vec` and a `VecDeque`
/// of such values are one too, and link to each of them: a batch. [`Attempt`](crate::Attempt) links an operation to
/// its attempt before.
///
/// Implement it where a link has attributes, or where the messages are somewhere inside. A reference to a type of
/// your own is then given as `links = *batch`.
///
/// ```
/// use tracing_relay::{AttributeValue, CarriesTrace as _, Links, SpanLinks, TraceCarrier, traced};
///
/// struct Record {
///     id: String,
///     trace: TraceCarrier,
/// }
///
/// struct Batch(Vec<Record>);
///
/// impl SpanLinks for Batch {
///     fn add_to(&self, links: &mut Links) {
///         for record in &self.0 {
///             let id = AttributeValue::Str(&record.id);
///             links.add_with(&record.trace, &[("messaging.message.id", id)]);
///         }
///     }
/// }
///
/// #[traced(links = batch, fields(messaging.batch.message_count = batch.0.len()))]
/// fn process(batch: Batch) {}
/// # process(Batch(vec![Record { id: "1".to_owned(), trace: TraceCarrier::none() }]));
/// ```
#[diagnostic::on_unimplemented(
    message = "a span cannot be linked to `{Self}`",
    label = "this carries no trace",
    note = "give what carries a trace, a slice of that, or an `Attempt`",
    note = "if it is a reference to a type that implements `SpanLinks`, take the reference off: `links = *batch`",
    note = "if the contexts are somewhere inside, collect them: `links = batch.iter().map(|message| &message.trace).collect::<Vec<_>>()`"
)]
pub trait SpanLinks {
    /// Adds what the span is linked to. Called once, where a subscriber may want the span.
    ///
    /// Must not panic.
    fn add_to(&self, links: &mut Links);

    /// Whether the span is the first of a new trace, whatever called it. What came in with the call becomes a link
    /// too.
    #[inline]
    fn starts_trace(&self) -> bool {
        false
    }
}

/// Collects what a span is linked to.
///
/// Each span is linked once. At most 1,024 links are taken, of which what records the span keeps as many as its own
/// limit allows: 128 if nothing else was configured. The rest is counted as dropped.
#[derive(Debug, Default)]
pub struct Links {
    list: Vec<Link>,
    seen: HashSet<(TraceId, SpanId)>,
    dropped: u32,
    invalid: Option<InvalidCarrier>,
    /// Who wants to know the context of the span.
    opened: Vec<Arc<Opened>>,
}

/// A link that is kept until the span opens.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "otel"),
    expect(dead_code, reason = "without ids no span has links")
)]
pub(crate) struct Link {
    pub(crate) to: TraceContext,
    pub(crate) attributes: Vec<(&'static str, OwnedValue)>,
    /// Where it has a meaning, if that is not everywhere.
    realm: Option<Realm>,
}

impl Links {
    /// Adds the context that is carried, if there is one. An invalid one counts as absent; it is warned of as that
    /// of a parent is.
    pub fn add(&mut self, carrier: &(impl CarriesTrace + ?Sized)) {
        self.add_with(carrier, &[]);
    }

    /// The same with attributes of the link, which are copied.
    pub fn add_with(
        &mut self,
        carrier: &(impl CarriesTrace + ?Sized),
        attributes: &[(&'static str, AttributeValue<'_>)],
    ) {
        match carrier.extract().into_parts().0 {
            Ok(Some(to)) => self.add_context(&to, None, attributes),
            Ok(None) => {}
            Err(reason) => self.invalid = self.invalid.or(Some(reason)),
        }
    }

    /// Adds a span that only a span of the same realm is linked to.
    pub(crate) fn add_of_realm(
        &mut self,
        realm: Realm,
        to: &TraceContext,
        attributes: &[(&'static str, AttributeValue<'_>)],
    ) {
        self.add_context(to, Some(realm), attributes);
    }

    fn add_context(
        &mut self,
        to: &TraceContext,
        realm: Option<Realm>,
        attributes: &[(&'static str, AttributeValue<'_>)],
    ) {
        if self.seen.contains(&(to.trace_id(), to.span_id())) {
            return;
        }
        if self.list.len() >= MOST {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        self.seen.insert((to.trace_id(), to.span_id()));
        let attributes = attributes.iter();
        self.list.push(Link {
            to: to.without_baggage(),
            attributes: attributes
                .map(|(key, value)| (*key, OwnedValue::from(*value)))
                .collect(),
            realm,
        });
    }

    /// Lets it know the context of the span, once that is open.
    pub(crate) fn tell(&mut self, opened: Arc<Opened>) {
        self.opened.push(opened);
    }

    /// Whether there is nothing to do when the span opens.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty() && self.opened.is_empty() && self.invalid.is_none()
    }

    /// Why what was invalid is that, the first of it; asked once.
    pub(crate) fn take_invalid(&mut self) -> Option<InvalidCarrier> {
        self.invalid.take()
    }

    /// The span is open, with this context.
    #[cfg(feature = "otel")]
    pub(crate) fn open(&mut self, context: &TraceContext, realm: Realm) {
        for opened in self.opened.drain(..) {
            opened.set(context, realm);
        }
    }

    #[cfg(feature = "otel")]
    pub(crate) fn of_realm(&self, realm: Realm) -> impl Iterator<Item = &Link> {
        let is_of = move |link: &&Link| link.realm.is_none_or(|only| only == realm);
        self.list.iter().filter(is_of)
    }

    /// How many were not taken.
    #[cfg(feature = "engine")]
    pub(crate) const fn dropped(&self) -> u32 {
        self.dropped
    }
}

#[diagnostic::do_not_recommend]
impl<T: CarriesTrace + ?Sized> SpanLinks for T {
    #[inline]
    fn add_to(&self, links: &mut Links) {
        links.add(self);
    }
}

// The pointers to what carries are in the implementation above, which leaves no room for one for all pointers.
macro_rules! forward {
    ([$($generics:tt)*] $to:ty) => {
        forward!([$($generics)*] $to as &$to);
        forward!([$($generics)*] $to as &&$to);
        forward!([$($generics)*] $to as &mut $to);
        forward!([$($generics)*] $to as Box<$to>);
        forward!([$($generics)*] $to as Rc<$to>);
        forward!([$($generics)*] $to as Arc<$to>);
    };
    ([$($generics:tt)*] $to:ty as $pointer:ty) => {
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> SpanLinks for $pointer {
            #[inline]
            fn add_to(&self, links: &mut Links) {
                <$to>::add_to(self, links);
            }

            #[inline]
            fn starts_trace(&self) -> bool {
                <$to>::starts_trace(self)
            }
        }
    };
}

macro_rules! several {
    ($([$($generics:tt)*] $several:ty),+ $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> SpanLinks for $several {
            #[inline]
            fn add_to(&self, links: &mut Links) {
                for each in self {
                    each.add_to(links);
                }
            }

            #[inline]
            fn starts_trace(&self) -> bool {
                self.iter().any(T::starts_trace)
            }
        }
        forward!([$($generics)*] $several);
    )+};
}

several!(
    [T: SpanLinks] [T],
    [T: SpanLinks, const N: usize] [T; N],
    [T: SpanLinks] Vec<T>,
    [T: SpanLinks] VecDeque<T>,
);

forward!([] crate::attempt::Attempt);
