//! How a span ended.

use std::any::type_name;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A result that says by itself whether the operation failed.
///
/// `Result` needs no implementation: `Err` is a failure, with the type of the error as
/// `error.type`, and its text where the attribute asks for it with `err = "message"` or
/// `err = "chain"`. Implement this trait for a reply type that can hold an error in another way, and
/// [`SpanError`] for an error type of which some values are none.
///
/// ```
/// use tracing_relay::{Failure, SpanOutcome};
///
/// struct Reply { status: u16 }
///
/// impl SpanOutcome for Reply {
///     fn failure(&self) -> Option<Failure<'_>> {
///         (self.status >= 500).then(|| Failure::new("http.server_error"))
///     }
/// }
///
/// assert!(Reply { status: 503 }.failure().is_some());
/// assert!(Reply { status: 404 }.failure().is_none());
/// ```
pub trait SpanOutcome {
    /// `None` on success, which leaves the status of the span unset.
    fn failure(&self) -> Option<Failure<'_>>;
}

/// An error type that knows which of its values are failures, and what to call them.
///
/// ```
/// use tracing_relay::{Failure, SpanError};
///
/// enum QueueError { Empty, Closed }
///
/// impl SpanError for QueueError {
///     fn failure(&self) -> Option<Failure<'_>> {
///         match self {
///             Self::Empty => None,
///             Self::Closed => Some(Failure::new("queue_closed")),
///         }
///     }
/// }
///
/// assert!(QueueError::Empty.failure().is_none());
/// assert!(QueueError::Closed.failure().is_some());
/// ```
pub trait SpanError {
    /// `None` where this value is not a failure of the operation.
    fn failure(&self) -> Option<Failure<'_>>;
}

impl<T, E: SpanError> SpanOutcome for Result<T, E> {
    fn failure(&self) -> Option<Failure<'_>> {
        self.as_ref().err().and_then(E::failure)
    }
}

/// What a span that failed says about it.
pub struct Failure<'a> {
    pub(crate) error_type: Cow<'static, str>,
    text: Text<'a>,
}

enum Text<'a> {
    None,
    Message(&'a dyn fmt::Display),
    Error(&'a (dyn Error + 'a)),
}

impl<'a> Failure<'a> {
    /// A failure with this `error.type`: a name of which there are few, never a message.
    #[must_use]
    pub fn new(error_type: impl Into<Cow<'static, str>>) -> Self {
        Self {
            error_type: error_type.into(),
            text: Text::None,
        }
    }

    /// A failure whose `error.type` is the name of the type `E`.
    #[must_use]
    pub fn of_type<E: ?Sized>() -> Self {
        Self::new(type_name::<E>())
    }

    /// The same with a message, recorded with `err = "message"` and `err = "chain"`.
    #[must_use]
    pub fn with_message(mut self, message: &'a dyn fmt::Display) -> Self {
        self.text = Text::Message(message);
        self
    }

    /// The same with an error, whose sources are recorded with `err = "chain"`.
    #[must_use]
    pub fn with_error(mut self, error: &'a (dyn Error + 'a)) -> Self {
        self.text = Text::Error(error);
        self
    }

    /// The description of the status, as far as `detail` lets it out.
    pub(crate) fn description(&self, detail: ErrorDetail) -> String {
        let mut description = String::new();
        let out = &mut description;
        let written = catch_unwind(AssertUnwindSafe(|| match (&self.text, detail) {
            (_, ErrorDetail::Type) | (Text::None, _) => Ok(()),
            (Text::Message(message), _) => write!(out, "{message}"),
            (Text::Error(error), ErrorDetail::Message) => write!(out, "{error}"),
            (Text::Error(error), ErrorDetail::Chain) => write_chain(out, *error),
        }));
        // An implementation of `Display` that fails or panics costs its own text and nothing else.
        if !matches!(written, Ok(Ok(()))) {
            description.clear();
        }
        description
    }
}

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("error_type", &self.error_type)
            .finish_non_exhaustive()
    }
}

/// Sources of an error that are written down: one may be its own.
pub(crate) const MOST_SOURCES: usize = 128;

fn write_chain(out: &mut String, error: &dyn Error) -> fmt::Result {
    write!(out, "{error}")?;
    let mut source = error.source();
    for _ in 0..MOST_SOURCES {
        let Some(error) = source else {
            break;
        };
        write!(out, ": {error}")?;
        source = error.source();
    }
    Ok(())
}

/// How much of an error the status of a span shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorDetail {
    /// Nothing but `error.type`.
    Type,
    /// The text of the error.
    Message,
    /// The text of the error and of each of its sources.
    Chain,
}

/// How a span ended. One of these on every span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Completed,
    Cancelled,
    Failed,
    Panicked,
}

impl Ended {
    #[cfg(feature = "engine")]
    pub(crate) const ALL: [Self; 4] = [
        Self::Completed,
        Self::Cancelled,
        Self::Failed,
        Self::Panicked,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
        }
    }
}
