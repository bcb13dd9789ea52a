//! [`SpanExt`]: what one does to a span of `tracing` with values of OpenTelemetry, whatever records it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use opentelemetry::trace::{SpanContext, Status};
use opentelemetry::{Context, Key, KeyValue, Value};
use tracing_opentelemetry::OpenTelemetrySpanExt as Theirs;

use super::note::Note;
#[cfg(feature = "engine")]
use crate::engine::{Adopted, Open, Recorder};

/// Methods for a [`tracing::Span`] with values of OpenTelemetry: the methods of
/// `tracing_opentelemetry::OpenTelemetrySpanExt`, which sees the spans of its own layer alone.
///
/// They work on the spans that [`Engine::layer`](crate::engine::Engine::layer) records, on the span of `tracing`
/// beside that of an annotated function, and on the spans of tracing-opentelemetry. On any other span, one that is
/// disabled for instance, and after the end of the span they do nothing.
///
/// Inside an annotated function [`otel::set_attribute`](crate::otel::set_attribute) and its siblings are the way to
/// the span of the function: `tracing::Span::current()` need not be that span.
///
/// ```
/// use opentelemetry::Context;
/// use opentelemetry::trace::Status;
/// use tracing_relay::otel::SpanExt as _;
///
/// # let received = Context::new();
/// let span = tracing::info_span!("request");
/// if let Err(error) = span.set_parent(received) {
///     tracing::debug!(%error, "the request is not in the trace of its sender");
/// }
/// span.set_attribute("tenant", "acme");
/// span.in_scope(|| { /* … */ });
/// span.set_status(Status::Ok);
/// ```
pub trait SpanExt {
    /// Makes the span that is active in `parent` the parent of this one; without an active span this one is the
    /// first of a new trace. The baggage of `parent` is that of this span from here on.
    ///
    /// # Errors
    ///
    /// The span has started, is not recorded, or cannot be reached. It stays where it is.
    fn set_parent(&self, parent: Context) -> Result<(), SetParentError>;

    /// The context in which this span is the active one: to be attached, injected, or given as a parent. An empty
    /// one where the span is not recorded. Afterwards the parent of the span cannot be changed.
    fn context(&self) -> Context;

    /// Links this span to another. One that is not valid is left out.
    fn add_link(&self, to: SpanContext) {
        self.add_link_with_attributes(to, Vec::new());
    }

    /// [`add_link`](Self::add_link) with attributes of the link.
    fn add_link_with_attributes(&self, to: SpanContext, attributes: Vec<KeyValue>);

    /// Sets an attribute, also under a key that is no field of the span.
    fn set_attribute(&self, key: impl Into<Key>, value: impl Into<Value>);

    /// Sets the status. `Ok` is final.
    fn set_status(&self, status: Status);

    /// Adds an event.
    fn add_event(&self, name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>);

    /// Adds an event that happened at this time.
    fn add_event_with_timestamp(
        &self,
        name: impl Into<Cow<'static, str>>,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    );
}

/// Why the parent of a span was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SetParentError {
    /// The span has started: it was entered, it has a child or a link from another span, or its context was
    /// asked for. What knows it would be in another trace.
    Started,
    /// The span is that of an annotated function, which has its parent when it opens.
    Annotated,
    /// The span is disabled, or filtered out before it comes to the layer that records.
    NotRecorded,
    /// There is no layer that records spans, or it is behind something that hides it, as
    /// `tracing_subscriber::reload` does.
    NoLayer,
}

impl fmt::Display for SetParentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => {
                "the span has started, and its parent cannot be set any more: set it directly after the span is made, before it is entered and before it has children"
            }
            Self::Annotated => {
                "the span of an annotated function has its parent when it opens: let the message carry the parent, with `#[carries_trace]` on its type or `carrier = …` in the attribute"
            }
            Self::NotRecorded => {
                "the span is disabled or filtered out, and has no parent: raise the level of its target if it is to be exported"
            }
            Self::NoLayer => {
                "no layer that records spans can be reached: put `Engine::layer` or that of tracing-opentelemetry into the subscriber, and not behind `reload`"
            }
        })
    }
}

impl Error for SetParentError {}

impl SpanExt for tracing::Span {
    fn set_parent(&self, parent: Context) -> Result<(), SetParentError> {
        #[cfg(feature = "engine")]
        if let Some(answer) = with_open(self, |open| match open {
            None => Err(SetParentError::NotRecorded),
            Some(Open::Adopted(_)) => Err(SetParentError::Annotated),
            Some(Open::Recording(recording)) => {
                if recording.set_parent(parent.clone()) {
                    Ok(())
                } else {
                    Err(SetParentError::Started)
                }
            }
        }) {
            return answer;
        }
        Theirs::set_parent(self, parent).map_err(|error| match error {
            tracing_opentelemetry::SetParentError::LayerNotFound => SetParentError::NoLayer,
            tracing_opentelemetry::SetParentError::AlreadyStarted => SetParentError::Started,
            tracing_opentelemetry::SetParentError::SpanDisabled => SetParentError::NotRecorded,
        })
    }

    fn context(&self) -> Context {
        #[cfg(feature = "engine")]
        if let Some(context) = with_open(self, |open| match open {
            None => Context::new(),
            Some(Open::Recording(recording)) => recording.otel(),
            Some(Open::Adopted(adopted)) => adopted.otel(),
        }) {
            return context;
        }
        Theirs::context(self)
    }

    fn add_link_with_attributes(&self, to: SpanContext, attributes: Vec<KeyValue>) {
        if to.is_valid() {
            say(self, Note::Link(to, attributes));
        }
    }

    fn set_attribute(&self, key: impl Into<Key>, value: impl Into<Value>) {
        say(self, Note::Attribute(KeyValue::new(key, value)));
    }

    fn set_status(&self, status: Status) {
        say(self, Note::Status(status));
    }

    fn add_event(&self, name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>) {
        say(
            self,
            Note::Event {
                name: name.into(),
                at: None,
                attributes,
            },
        );
    }

    fn add_event_with_timestamp(
        &self,
        name: impl Into<Cow<'static, str>>,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) {
        say(
            self,
            Note::Event {
                name: name.into(),
                at: Some(timestamp),
                attributes,
            },
        );
    }
}

fn say(span: &tracing::Span, note: Note) {
    #[cfg(feature = "engine")]
    if with_open(span, |open| match open {
        Some(Open::Recording(recording)) => recording.record.note(&note),
        Some(Open::Adopted(Adopted {
            inbox: Some(inbox), ..
        })) => inbox.note(&note),
        Some(Open::Adopted(_)) | None => {}
    })
    .is_some()
    {
        return;
    }
    match note {
        Note::Attribute(KeyValue { key, value, .. }) => Theirs::set_attribute(span, key, value),
        Note::Event {
            name,
            at: None,
            attributes,
        } => Theirs::add_event(span, name, attributes),
        Note::Event {
            name,
            at: Some(at),
            attributes,
        } => Theirs::add_event_with_timestamp(span, name, at, attributes),
        Note::Link(to, attributes) => Theirs::add_link_with_attributes(span, to, attributes),
        Note::Status(status) => Theirs::set_status(span, status),
        #[cfg(feature = "engine")]
        Note::Name(_) => {}
    }
}

/// Shows `f` what the engine has of a span; `None` where no engine is in its subscriber. `f` must not run code of
/// the program.
#[cfg(feature = "engine")]
fn with_open<R>(span: &tracing::Span, f: impl FnOnce(Option<&mut Open>) -> R) -> Option<R> {
    span.with_subscriber(|(id, dispatch)| {
        let engine = Recorder::of(dispatch)?;
        let mut f = Some(f);
        let mut answer = None;
        (engine.with_open)(dispatch, id, &mut |open| {
            answer = f.take().map(|f| f(Some(open)));
        });
        answer.or_else(|| f.map(|f| f(None)))
    })
    .flatten()
}
