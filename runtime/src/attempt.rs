//! [`Attempt`]: the operations of a loop that tries again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::context::TraceContext;
use crate::current::Realm;
use crate::links::{Links, SpanLinks};
use crate::semconv;
use crate::span::AttributeValue;

/// One attempt at an operation that may be tried again.
///
/// An operation with `links = attempt` is the root of a trace of its own. Its span is linked to that of the attempt
/// before, and the link says why there is another one: [`retry.delay_ms`](semconv::RETRY_DELAY_MS) and
/// [`retry.reason`](semconv::RETRY_REASON). As children of one span, the attempts of a connection that is kept for
/// days would be one trace of days.
///
/// ```
/// use std::time::Duration;
///
/// use tracing_relay::{Attempt, traced};
///
/// #[traced(name = "relay.connection.attempt", links = attempt, fields(attempt.number = attempt.number()))]
/// fn connect(attempt: &Attempt) -> Result<&'static str, std::io::Error> {
///     match attempt.number() {
///         1 => Err(std::io::ErrorKind::TimedOut.into()),
///         _ => Ok("connected"),
///     }
/// }
///
/// let mut attempt = Attempt::first();
/// let connection = loop {
///     match connect(&attempt) {
///         Ok(connection) => break connection,
///         Err(error) if attempt.number() == 5 => panic!("{error}"),
///         Err(error) => {
///             let delay = Duration::from_millis(10) * attempt.number();
///             attempt = attempt.retry_after(delay, error.kind());
///             std::thread::sleep(delay);
///         }
///     }
/// };
/// assert_eq!((connection, attempt.number()), ("connected", 2));
/// ```
///
/// What is current or comes in where the attempt is made has no part in this: a context that came in with the call
/// becomes a link as well, and baggage goes along.
///
/// Clones are the same attempt, also in other tasks and threads. Where several operations have the same attempt, the
/// next one is linked to the last that began. A link does not leave the [scope](crate::TraceScope) of the operation, or
/// its pipeline. An attempt without a span, because it is filtered out, changes nothing, and the one after it is linked to
/// the last that had one. Only that is kept, however many there were.
#[derive(Clone, Debug)]
pub struct Attempt {
    number: u32,
    before: Option<Before>,
    opened: Arc<Opened>,
}

/// The last attempt that had a span, and what is said of the retry.
#[derive(Clone, Debug)]
struct Before {
    operation: Operation,
    delay_ms: i64,
    reason: Arc<str>,
}

/// The span that an attempt had: an operation of a scope is not linked to what the application made of the attempt
/// before, because the scope was not installed then.
#[derive(Clone, Debug)]
struct Operation {
    context: TraceContext,
    realm: Realm,
}

/// The span that an attempt had, once there is one.
#[derive(Debug, Default)]
pub(crate) struct Opened(Mutex<Option<Operation>>);

impl Opened {
    #[cfg(feature = "otel")]
    pub(crate) fn set(&self, context: &TraceContext, realm: Realm) {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *opened = Some(Operation {
            context: context.without_baggage(),
            realm,
        });
    }

    fn get(&self) -> Option<Operation> {
        let opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.clone()
    }
}

impl Attempt {
    /// The first one. Allocates.
    #[must_use]
    pub fn first() -> Self {
        Self {
            number: 1,
            before: None,
            opened: Arc::default(),
        }
    }

    /// The one that follows when this one has failed, for `reason`, and is made after `delay`. Nothing waits here.
    ///
    /// The reason is exported as it reads: give it the kind of an error rather than a text with an address in it. A
    /// `Display` that fails or panics costs its own text. Allocates.
    #[must_use]
    pub fn retry_after(&self, delay: Duration, reason: impl fmt::Display) -> Self {
        let operation = self.opened.get();
        let operation = operation.or_else(|| Some(self.before.as_ref()?.operation.clone()));
        Self {
            number: self.number.saturating_add(1),
            before: operation.map(|operation| Before {
                operation,
                delay_ms: i64::try_from(delay.as_millis()).unwrap_or(i64::MAX),
                reason: AttributeValue::Display(&reason).to_string().into(),
            }),
            opened: Arc::default(),
        }
    }

    /// Which attempt it is: 1 for the first.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The context of its operation, once its span was opened.
    #[must_use]
    pub fn context(&self) -> Option<TraceContext> {
        self.opened.get().map(|operation| operation.context)
    }
}

/// The first attempt.
impl Default for Attempt {
    fn default() -> Self {
        Self::first()
    }
}

/// The operation is a root, linked to the attempt before.
impl SpanLinks for Attempt {
    fn add_to(&self, links: &mut Links) {
        links.tell(Arc::clone(&self.opened));
        if let Some(before) = &self.before {
            let attributes = [
                (
                    semconv::RETRY_DELAY_MS,
                    AttributeValue::I64(before.delay_ms),
                ),
                (semconv::RETRY_REASON, AttributeValue::Str(&before.reason)),
            ];
            let Operation { context, realm } = &before.operation;
            links.add_of_realm(*realm, context, &attributes);
        }
    }

    fn starts_trace(&self) -> bool {
        true
    }
}
