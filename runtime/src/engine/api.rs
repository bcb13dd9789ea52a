//! The OpenTelemetry API on spans of the engine: how a [`Note`] is written down, and [`ApiSpan`], the span that is
//! active in `opentelemetry::Context` while one of ours runs.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::{SpanContext, Status};
use opentelemetry::{Array, KeyValue};

use super::Ticks;
use super::body::{Body, MOST_BYTES, Value};
use super::clock::Moment;
use super::config::Limits;
use super::inbox::Inbox;
use crate::otel::{self, Note};
use crate::span::AttributeValue;

impl Note {
    pub(crate) fn write(&self, body: &mut Body, limits: &Limits) {
        let has_room = body.bytes().len() < MOST_BYTES;
        match self {
            Self::Attribute(attribute) => write_attribute(body, limits, attribute),
            Self::Event {
                name,
                at,
                attributes,
            } => {
                let at = at.map_or_else(|| Moment::from(Ticks::now()), Moment::of);
                if body.event(limits, at) {
                    body.name(&AttributeValue::Str(name));
                    write_attributes(body, limits, attributes);
                }
            }
            Self::Link(to, attributes) => {
                if let Some(to) = otel::of_span_context(to)
                    && body.link(limits, &to)
                {
                    write_attributes(body, limits, attributes);
                }
            }
            Self::Status(Status::Ok) if has_room => body.ok(),
            Self::Status(Status::Error { description }) if has_room => {
                body.error(&AttributeValue::Str(description));
            }
            Self::Name(name) if has_room => {
                body.name(&AttributeValue::Str(name));
            }
            Self::Status(_) | Self::Name(_) => {}
        }
    }
}

/// The attributes of an event or a link, which ends with them.
fn write_attributes(body: &mut Body, limits: &Limits, attributes: &[KeyValue]) {
    for attribute in attributes {
        write_attribute(body, limits, attribute);
    }
    body.end();
}

fn write_attribute(body: &mut Body, limits: &Limits, attribute: &KeyValue) {
    use opentelemetry::Value as Theirs;
    let one = match &attribute.value {
        Theirs::Bool(value) => AttributeValue::Bool(*value),
        Theirs::I64(value) => AttributeValue::I64(*value),
        Theirs::F64(value) => AttributeValue::F64(*value),
        Theirs::String(value) => AttributeValue::Str(value.as_str()),
        Theirs::Array(list) => {
            let values: Vec<_> = match list {
                Array::Bool(list) => list.iter().copied().map(AttributeValue::Bool).collect(),
                Array::I64(list) => list.iter().copied().map(AttributeValue::I64).collect(),
                Array::F64(list) => list.iter().copied().map(AttributeValue::F64).collect(),
                Array::String(list) => list
                    .iter()
                    .map(|text| AttributeValue::Str(text.as_str()))
                    .collect(),
                // What a later version knows.
                other => {
                    let text = AttributeValue::Display(&other);
                    return body.attribute(limits, attribute.key.as_str(), Value::One(text));
                }
            };
            return body.attribute(limits, attribute.key.as_str(), Value::List(&values));
        }
        other => AttributeValue::Display(other),
    };
    body.attribute(limits, attribute.key.as_str(), Value::One(one));
}

/// A span of ours as the OpenTelemetry API sees it. It ends when its code ends, whatever the API says.
#[derive(Debug)]
pub(crate) struct ApiSpan {
    span_context: SpanContext,
    inbox: Arc<Inbox>,
}

impl ApiSpan {
    pub(crate) const fn new(span_context: SpanContext, inbox: Arc<Inbox>) -> Self {
        Self {
            span_context,
            inbox,
        }
    }
}

impl opentelemetry::trace::Span for ApiSpan {
    fn add_event_with_timestamp<T>(&mut self, name: T, at: SystemTime, attributes: Vec<KeyValue>)
    where
        T: Into<Cow<'static, str>>,
    {
        self.inbox.note(&Note::Event {
            name: name.into(),
            at: Some(at),
            attributes,
        });
    }

    fn span_context(&self) -> &SpanContext {
        &self.span_context
    }

    fn is_recording(&self) -> bool {
        self.inbox.is_open()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        self.inbox.note(&Note::Attribute(attribute));
    }

    fn set_status(&mut self, status: Status) {
        self.inbox.note(&Note::Status(status));
    }

    fn update_name<T>(&mut self, name: T)
    where
        T: Into<Cow<'static, str>>,
    {
        self.inbox.note(&Note::Name(name.into()));
    }

    fn add_link(&mut self, to: SpanContext, attributes: Vec<KeyValue>) {
        self.inbox.note(&Note::Link(to, attributes));
    }

    fn end_with_timestamp(&mut self, _: SystemTime) {}
}
