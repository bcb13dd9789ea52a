//! [`Span`]: an exported span as tests read it, in types of this crate, so that a test does not
//! depend on the version of OpenTelemetry below.

use std::fmt;
use std::time::SystemTime;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanKind, Status as SdkStatus};
use opentelemetry_sdk::trace::SpanData;

use super::value::{self, Value};
use crate::context::{TraceContext, TraceState};
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::semconv;
pub use crate::span::Kind;

/// One exported span.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    name: String,
    kind: Kind,
    context: TraceContext,
    parent: Option<SpanId>,
    parent_is_remote: bool,
    attributes: Vec<(String, Value)>,
    events: Vec<Event>,
    links: Vec<Link>,
    status: Status,
    start: SystemTime,
    end: SystemTime,
    tracer: String,
    /// The number of spans of the pipeline that were started before this one.
    started: u64,
}

impl Span {
    /// Converts what the SDK exports; `None` when an id is zero, which no recorded span has.
    pub(super) fn new(data: SpanData, started: u64) -> Option<Self> {
        Some(Self {
            context: convert_context(&data.span_context)?,
            parent: SpanId::from_bytes(data.parent_span_id.to_bytes()),
            parent_is_remote: data.parent_span_is_remote,
            name: data.name.into_owned(),
            kind: convert_kind(&data.span_kind),
            attributes: convert_attributes(data.attributes),
            events: data
                .events
                .events
                .into_iter()
                .map(|event| Event {
                    name: event.name.into_owned(),
                    time: event.timestamp,
                    attributes: convert_attributes(event.attributes),
                })
                .collect(),
            links: data
                .links
                .links
                .into_iter()
                .filter_map(|link| {
                    Some(Link {
                        context: convert_context(&link.span_context)?,
                        attributes: convert_attributes(link.attributes),
                    })
                })
                .collect(),
            status: convert_status(data.status),
            start: data.start_time,
            end: data.end_time,
            tracer: data.instrumentation_scope.name().to_owned(),
            started,
        })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The id of the trace.
    #[must_use]
    pub const fn trace_id(&self) -> TraceId {
        self.context.trace_id()
    }

    /// The id of the span.
    #[must_use]
    pub const fn span_id(&self) -> SpanId {
        self.context.span_id()
    }

    /// The context of the span: what a message that is sent inside it carries. Compare it with
    /// [`TraceCarrier::context`](crate::TraceCarrier::context). Baggage is not part of a span, so
    /// this context has none.
    #[must_use]
    pub const fn context(&self) -> &TraceContext {
        &self.context
    }

    /// The id of the parent; `None` for the root of a trace.
    #[must_use]
    pub const fn parent(&self) -> Option<SpanId> {
        self.parent
    }

    /// Whether the parent came from another process.
    #[must_use]
    pub const fn parent_is_remote(&self) -> bool {
        self.parent_is_remote
    }

    /// All attributes in the order in which they were set. A key that was set twice is here twice,
    /// as it is in an export.
    #[must_use]
    pub fn attributes(&self) -> &[(String, Value)] {
        &self.attributes
    }

    /// The value of an attribute.
    ///
    /// # Panics
    ///
    /// When the span has the key more than once: backends then show one of the values, and not
    /// all show the same.
    #[must_use]
    #[track_caller]
    pub fn attribute(&self, key: &str) -> Option<&Value> {
        let mut values = self.values(key);
        let value = values.next();
        if let (Some(first), Some(second)) = (value, values.next()) {
            panic!(
                "span `{}` has the attribute `{key}` more than once: first {first}, then {second}",
                self.name,
            );
        }
        value
    }

    /// Every value of a key, in order.
    pub(super) fn values(&self, key: &str) -> impl Iterator<Item = &Value> {
        self.attributes
            .iter()
            .filter(move |(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// How the span ended, the attribute [`relay.outcome`](semconv::OUTCOME). Spans that were not
    /// made by an attribute of this crate have none.
    ///
    /// # Panics
    ///
    /// When the outcome was set more than once.
    #[must_use]
    #[track_caller]
    pub fn outcome(&self) -> Option<&str> {
        match self.attribute(semconv::OUTCOME)? {
            Value::String(outcome) => Some(outcome),
            other => panic!(
                "the outcome of span `{}` is not a string: {other}",
                self.name
            ),
        }
    }

    /// The events in the order in which they were added.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The links in the order in which they were added.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// When the span started.
    #[must_use]
    pub const fn start(&self) -> SystemTime {
        self.start
    }

    /// When the span ended.
    #[must_use]
    pub const fn end(&self) -> SystemTime {
        self.end
    }

    /// The name of the tracer that made the span, which OpenTelemetry calls its instrumentation
    /// scope.
    #[must_use]
    pub fn tracer(&self) -> &str {
        &self.tracer
    }

    /// Sorts spans by start; the order in which the SDK started them decides between equal times.
    pub(super) const fn position(&self) -> (SystemTime, u64) {
        (self.start, self.started)
    }
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [
        Self::Internal,
        Self::Server,
        Self::Client,
        Self::Producer,
        Self::Consumer,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn convert_kind(kind: &SpanKind) -> Kind {
    match kind {
        SpanKind::Internal => Kind::Internal,
        SpanKind::Server => Kind::Server,
        SpanKind::Client => Kind::Client,
        SpanKind::Producer => Kind::Producer,
        SpanKind::Consumer => Kind::Consumer,
    }
}

/// The status of a span
/// ([OpenTelemetry, status](https://opentelemetry.io/docs/specs/otel/trace/api/#set-status)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nothing was said.
    #[default]
    Unset,
    /// The operation is known to be a success.
    Ok,
    /// The operation failed; the description may be empty.
    Error(String),
}

fn convert_status(status: SdkStatus) -> Status {
    match status {
        SdkStatus::Unset => Status::Unset,
        SdkStatus::Ok => Status::Ok,
        SdkStatus::Error { description } => Status::Error(description.into_owned()),
    }
}

/// An event of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    name: String,
    time: SystemTime,
    attributes: Vec<(String, Value)>,
}

impl Event {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it happened.
    #[must_use]
    pub const fn time(&self) -> SystemTime {
        self.time
    }

    /// The attributes in order.
    #[must_use]
    pub fn attributes(&self) -> &[(String, Value)] {
        &self.attributes
    }
}

/// A link to another span.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    context: TraceContext,
    attributes: Vec<(String, Value)>,
}

impl Link {
    /// The context of the linked span.
    #[must_use]
    pub const fn context(&self) -> &TraceContext {
        &self.context
    }

    /// The attributes in order.
    #[must_use]
    pub fn attributes(&self) -> &[(String, Value)] {
        &self.attributes
    }
}

fn convert_context(context: &SpanContext) -> Option<TraceContext> {
    let converted = TraceContext::new(
        TraceId::from_bytes(context.trace_id().to_bytes())?,
        SpanId::from_bytes(context.span_id().to_bytes())?,
        TraceFlags::new(context.trace_flags().to_u8()),
    );
    let state = context.trace_state().header();
    let converted = converted
        .with_tracestate((!state.is_empty()).then(|| TraceState::from_checked(state.as_str())));
    Some(if context.is_remote() {
        converted.into_remote()
    } else {
        converted
    })
}

fn convert_attributes(attributes: Vec<KeyValue>) -> Vec<(String, Value)> {
    attributes
        .into_iter()
        .map(|attribute| (attribute.key.to_string(), value::convert(attribute.value)))
        .collect()
}
