//! Sessions: the same attributes on every span and event of one, and on nothing of another.
//!
//! [`SessionTelemetry`] is made where a session begins, and is given to what runs in the session: to a future, to a
//! call, or to an annotated function by its option `session`. It is current there and nowhere else, so that nothing has to be taken
//! back when the session ends, and nothing can be forgotten.
//!
//! ```
//! use tracing_relay::{SessionTelemetry, traced};
//!
//! struct Session {
//!     telemetry: SessionTelemetry,
//! }
//!
//! impl Session {
//!     fn new(id: u64, provider: &str) -> Self {
//!         let telemetry = SessionTelemetry::new()
//!             .with("session.id", id)
//!             .with("stt.provider", provider);
//!         Self { telemetry }
//!     }
//!
//!     /// This span has the attributes of the session, and so has everything below.
//!     #[traced(session = self.telemetry)]
//!     async fn listen(&self) {
//!         transcribe().await;
//!     }
//! }
//!
//! #[traced]
//! async fn transcribe() {}
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let session = Session::new(7, "deepgram");
//! session.listen().await;
//! // The same for what is not annotated.
//! session.telemetry.instrument(transcribe()).await;
//! assert!(SessionTelemetry::current().is_empty(), "here is no session");
//! # }
//! ```
//!
//! # What has the attributes
//!
//! | | on the engine of this crate | on tracing-opentelemetry |
//! | --- | --- | --- |
//! | spans of annotated functions | yes | yes |
//! | spans that others make with `tracing` | yes | no |
//! | events in spans | yes | no |
//! | spans of OpenTelemetry's API | no | no |
//! | metrics | no | no |
//!
//! - A key that a span or an event declares is its own: the session's value is left out there, also where the span records none.
//! - Metrics have none of it, because each session would be a time series of its own.
//! - Log lines show the fields of spans. What is to be in them is a field of a span as well, of the one that opens the session; a formatter of your
//!   own finds all of it by [`SessionTelemetry::current`].
//! - Rules of sampling see the attributes of a span that are its own.
//!
//! # Where it goes
//!
//! - **Tasks and threads** that [`task`](crate::task) starts are in the session of what started them, those that are detached too: the session says whose work
//!   it is, and not in which trace. A bare `tokio::spawn` is in none.
//! - **A session in another one** adds to it, and its value counts where both have a key.
//! - **A function that returns a future or a stream** is in the session of the call, or in that of the first poll where the call had none, or where
//!   the latter has all of the former and more.
//! - **A [scope](crate::scope)** has sessions of its own: that of the application is not seen in the component's spans, nor that of the component in the application's.
//!   It is seen again in [`scope::outside`](crate::scope::outside), and events have it, as they are the application's.
//!
//! # Cost
//!
//! A span in a session copies the attributes into its record. Each poll in a session counts one reference, and
//! allocates nothing. Where there is no session a span compares one number.

mod entered;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

#[cfg(feature = "otel")]
use tracing::field::FieldSet;

pub use entered::InSession;

use crate::current;
#[cfg(feature = "engine")]
use crate::current::Realm;
use crate::span::{AttributeValue, FieldValue, FieldValues, OwnedValue, SpanFields};

/// What stands for the text of a user where none is recorded.
const REDACTED: &str = "[redacted]";

/// The attributes of a session. See the [module](self).
///
/// Immutable once it is shared: a clone is one reference more, and [`with`](Self::with) makes another session of it.
/// `Debug` shows the keys and no values, which may be private.
#[derive(Clone, Default)]
pub struct SessionTelemetry(Option<Arc<Inner>>);

#[derive(Clone, Default, PartialEq)]
struct Inner {
    /// Each key once.
    attributes: Vec<(Cow<'static, str>, OwnedValue)>,
    /// Whether texts of users may be recorded, where that was said.
    content: Option<bool>,
}

impl SessionTelemetry {
    pub(crate) const NONE: Self = Self(None);

    /// A session without attributes, which is as good as none.
    #[must_use]
    pub const fn new() -> Self {
        Self::NONE
    }

    /// The same session with one more attribute, or with another value for one that it has. `None` is no value, and
    /// changes nothing; neither does an empty key.
    ///
    /// The value is copied here. Its length is limited where it is exported, as that of all attributes.
    ///
    /// ```
    /// use tracing_relay::SessionTelemetry;
    ///
    /// let session = SessionTelemetry::new()
    ///     .with("session.id", "s-1")
    ///     .with("onboarding", false)
    ///     .with("model", None::<&str>);
    /// assert_eq!(format!("{session:?}"), r#"SessionTelemetry["session.id", "onboarding"]"#);
    /// ```
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl FieldValue) -> Self {
        self.set(key.into(), value.field_value().into());
        self
    }

    /// The same session with all attributes of a type that says [which of its fields](trait@SpanFields) they are.
    ///
    /// ```
    /// use tracing_relay::{SessionTelemetry, SpanFields};
    ///
    /// #[derive(SpanFields)]
    /// struct Listening {
    ///     #[field("stt.provider")]
    ///     provider: String,
    ///     #[field("stt.channels")]
    ///     channels: u8,
    ///     secret: String,
    /// }
    ///
    /// let listening = Listening { provider: "deepgram".into(), channels: 2, secret: "key".into() };
    /// let session = SessionTelemetry::new().with_fields(&listening);
    /// assert_eq!(session.attributes().count(), 2);
    /// # drop(listening.secret);
    /// ```
    #[must_use]
    pub fn with_fields<T: SpanFields + ?Sized>(mut self, fields: &T) -> Self {
        let mut values = FieldValues::new();
        values.extend(fields);
        for (key, value) in T::KEYS.iter().zip(values.as_slice()) {
            self.set(Cow::Borrowed(key), (*value).into());
        }
        self
    }

    fn set(&mut self, key: Cow<'static, str>, value: OwnedValue) {
        if key.is_empty() || matches!(value, OwnedValue::Absent) {
            return;
        }
        let attributes = &mut self.inner_mut().attributes;
        match attributes.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => attributes.push((key, value)),
        }
    }

    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// The same session, which says whether what users write may be recorded: prompts, messages, names of files. Not
    /// said, it may not; in a session inside of another one, not said, it is what the outer one says.
    #[must_use]
    pub fn record_content(mut self, may_be: bool) -> Self {
        self.inner_mut().content = Some(may_be);
        self
    }

    /// A text of a user as it may be recorded in this session: itself, or `[redacted]`. What is always known of it is
    /// its length, which is a field of its own.
    ///
    /// ```
    /// use tracing_relay::{SessionTelemetry, traced};
    ///
    /// #[traced(session = session, fields(prompt = session.content(prompt), prompt.length = prompt.len()))]
    /// fn submit(session: &SessionTelemetry, prompt: &str) {}
    ///
    /// let session = SessionTelemetry::new().with("session.id", 7);
    /// submit(&session, "a secret");
    /// assert_eq!(session.content("a secret"), "[redacted]");
    /// assert_eq!(session.record_content(true).content("a word"), "a word");
    /// ```
    #[must_use]
    pub fn content<'a>(&self, text: &'a str) -> &'a str {
        let may_be = self.0.as_ref().and_then(|inner| inner.content);
        if may_be == Some(true) { text } else { REDACTED }
    }

    /// The session that is current here, with what it has of those around it; an empty one where there is none.
    #[must_use]
    pub fn current() -> Self {
        current::session(current::realm())
    }

    /// Whether there is nothing in it.
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// What it records, in the order in which it was added.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, AttributeValue<'_>)> {
        self.owned()
            .iter()
            .map(|(key, value)| (key.as_ref(), value.borrow()))
    }

    fn owned(&self) -> &[(Cow<'static, str>, OwnedValue)] {
        self.0.as_ref().map_or(&[], |inner| &inner.attributes)
    }

    /// What it records where these fields are declared.
    #[cfg(feature = "otel")]
    pub(crate) fn beside(
        &self,
        declared: &FieldSet,
    ) -> impl Iterator<Item = (&Cow<'static, str>, &OwnedValue)> {
        let attributes = self.owned().iter().map(|(key, value)| (key, value));
        attributes.filter(|(key, _)| declared.field(key.as_ref()).is_none())
    }

    /// This session inside of another one. Where that makes no difference, nothing is allocated.
    pub(crate) fn inside(&self, outer: &Self) -> Self {
        let (Some(own), Some(around)) = (&self.0, &outer.0) else {
            let either = if self.is_empty() { outer } else { self };
            return either.clone();
        };
        if Arc::ptr_eq(own, around) || own.includes(around) {
            return self.clone();
        }
        let mut both = Inner::clone(around);
        both.content = own.content.or(around.content);
        let mut both = Self(Some(Arc::new(both)));
        for (key, value) in &own.attributes {
            both.set(key.clone(), value.clone());
        }
        // Entered again, it is what it was.
        if both.0.as_deref() == outer.0.as_deref() {
            return outer.clone();
        }
        both
    }

    /// Whether it has all of another one.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(other)) => own.includes(other),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (own, other) => own.is_none() && other.is_none(),
        }
    }
}

impl Inner {
    fn includes(&self, other: &Self) -> bool {
        (other.content.is_none() || self.content.is_some())
            && other
                .attributes
                .iter()
                .all(|attribute| self.attributes.contains(attribute))
    }
}

/// The keys alone.
impl fmt::Debug for SessionTelemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionTelemetry")?;
        f.debug_list()
            .entries(self.owned().iter().map(|(key, _)| key))
            .finish()
    }
}

/// Calls `f` with the attributes of the session that is current in a realm: for what records events, beside the fields
/// that they declare.
#[cfg(feature = "engine")]
pub(crate) fn each_attribute(
    realm: Realm,
    declared: &FieldSet,
    mut f: impl FnMut(&str, AttributeValue<'_>),
) {
    for (key, value) in current::session(realm).beside(declared) {
        f(key, value.borrow());
    }
}

/// What the option `session` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no session",
    label = "this type is not a `SessionTelemetry`",
    note = "keep a `SessionTelemetry` where the session begins, and name it: `session = self.telemetry`"
)]
pub trait AsSession {
    /// The session.
    fn as_session(&self) -> &SessionTelemetry;
}

impl AsSession for SessionTelemetry {
    fn as_session(&self) -> &SessionTelemetry {
        self
    }
}

/// `None` is no session.
#[diagnostic::do_not_recommend]
impl<T: AsSession> AsSession for Option<T> {
    fn as_session(&self) -> &SessionTelemetry {
        self.as_ref()
            .map_or(&SessionTelemetry::NONE, AsSession::as_session)
    }
}

macro_rules! forward {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: AsSession + ?Sized> AsSession for $pointer {
            fn as_session(&self) -> &SessionTelemetry {
                (**self).as_session()
            }
        }
    )+};
}

forward!(&T, &mut T, Box<T>, std::rc::Rc<T>, Arc<T>);
