//! The annotated function that is running, by functions with the values of OpenTelemetry.
//!
//! On the engine of this crate an annotated function has no span of `tracing` unless another layer wants one, so
//! `tracing::Span::current()` is not the way to it. These are, on every engine.

use std::borrow::Cow;

use opentelemetry::trace::{SpanContext, Status, TraceContextExt as _};
use opentelemetry::{Key, KeyValue, Value};

use super::note::Note;
use crate::current::{self, Entry, Frame, Origin};
use crate::ids::SpanId;
use crate::span::Active;

/// Sets an attribute of the span of the annotated function that is running: for keys that are not known when the
/// function is written. A field of the attribute or a [`LateField`](crate::LateField) is the better place for all
/// others.
///
/// The span is that of the innermost annotated function on this thread, also inside spans that others made with
/// `tracing` or the OpenTelemetry API. In a task that was started by [`task`](crate::task), outside of annotated
/// functions and spans of others, it is the span that started the task, until that ends. Elsewhere, and where the
/// span is not recorded, nothing happens.
///
/// ```
/// use tracing_relay::{otel, traced};
///
/// #[traced]
/// fn import(columns: &[(&'static str, i64)]) {
///     for (name, rows) in columns {
///         otel::set_attribute(format!("import.{name}"), *rows);
///     }
/// }
///
/// import(&[("users", 7)]);
/// ```
pub fn set_attribute(key: impl Into<Key>, value: impl Into<Value>) {
    say(|| Note::Attribute(KeyValue::new(key, value)));
}

/// Adds an event to the span of the annotated function that is running, which is found as
/// [`set_attribute`] says. `tracing::info!` does it as well, where the keys are known.
pub fn add_event(name: impl Into<Cow<'static, str>>, attributes: Vec<KeyValue>) {
    say(|| Note::Event {
        name: name.into(),
        at: None,
        attributes,
    });
}

/// Links the span of the annotated function that is running, which is found as [`set_attribute`] says, to another
/// span. One that is not valid is left out.
pub fn add_link(to: SpanContext, attributes: Vec<KeyValue>) {
    if to.is_valid() {
        say(|| Note::Link(to, attributes));
    }
}

/// Sets the status of the span of the annotated function that is running, which is found as [`set_attribute`]
/// says. `Ok` is final: also an error that the function returns does not change it.
pub fn set_status(status: Status) {
    say(|| Note::Status(status));
}

/// Where something is said about the span that is running.
enum Place {
    #[cfg(feature = "engine")]
    Inbox(std::sync::Arc<crate::engine::Inbox>),
    /// The span of another engine.
    Context(opentelemetry::Context),
    /// A task of this span of another engine, which goes along as OpenTelemetry's current context.
    Task(SpanId),
    /// What is here is not recorded.
    Nowhere,
}

/// The values are made where nothing is borrowed: making them may run code of the program.
fn say(note: impl FnOnce() -> Note) {
    let Some(place) = current::find(current::realm(), |entry| match entry {
        Entry::Span(active) => active.owned.then(|| of_span(active)),
        Entry::Task(frame) => Some(of_task(frame.as_deref())),
        #[cfg(feature = "engine")]
        Entry::Foreign(_) | Entry::Outside(_) => None,
    }) else {
        return;
    };
    match place {
        #[cfg(feature = "engine")]
        Place::Inbox(inbox) => inbox.note(&note()),
        Place::Context(context) => note().tell(&context.span()),
        Place::Task(span_id) => {
            let context = super::current();
            let span = context.span();
            if span.span_context().span_id().to_bytes() == span_id.to_bytes() {
                note().tell(&span);
            }
        }
        Place::Nowhere => {}
    }
}

fn of_span(active: &mut Active) -> Place {
    #[cfg(feature = "engine")]
    if active.record.is_there() {
        return active.record.share().map_or(Place::Nowhere, Place::Inbox);
    }
    active.otel.clone().map_or(Place::Nowhere, Place::Context)
}

fn of_task(frame: Option<&Frame>) -> Place {
    #[cfg(feature = "engine")]
    if let Some(inbox) = frame.and_then(|frame| frame.inbox.clone()) {
        return Place::Inbox(inbox);
    }
    frame
        .filter(|frame| frame.origin == Origin::Span)
        .and_then(|frame| frame.context.as_ref())
        .map_or(Place::Nowhere, |context| Place::Task(context.span_id()))
}
