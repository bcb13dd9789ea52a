//! [`Note`]: what is said about a span with values of OpenTelemetry, on its way to whatever records the span.

use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanRef, Status};

/// Something that is said about a span with values of OpenTelemetry.
#[derive(Clone, Debug)]
pub(crate) enum Note {
    Attribute(KeyValue),
    Event {
        name: Cow<'static, str>,
        /// Now, where it is not given.
        at: Option<SystemTime>,
        attributes: Vec<KeyValue>,
    },
    Link(SpanContext, Vec<KeyValue>),
    Status(Status),
    /// The API of OpenTelemetry's contexts says it, and nothing of ours.
    #[cfg(feature = "engine")]
    Name(Cow<'static, str>),
}

impl Note {
    /// Says it to a span of OpenTelemetry.
    pub(crate) fn tell(self, span: &SpanRef<'_>) {
        match self {
            Self::Attribute(attribute) => span.set_attribute(attribute),
            Self::Event {
                name,
                at: None,
                attributes,
            } => span.add_event(name, attributes),
            Self::Event {
                name,
                at: Some(at),
                attributes,
            } => span.add_event_with_timestamp(name, at, attributes),
            Self::Link(to, attributes) => span.add_link(to, attributes),
            Self::Status(status) => span.set_status(status),
            #[cfg(feature = "engine")]
            Self::Name(name) => span.update_name(name),
        }
    }
}
