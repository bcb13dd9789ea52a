//! Ended spans as the data that exporters of OpenTelemetry's SDK take.

use std::borrow::Cow;
use std::sync::Arc;

use opentelemetry::trace::{
    Event, Link, SpanContext, SpanKind, Status, TraceFlags as OtelFlags, TraceState as OtelState,
};
use opentelemetry::{Array, Key, KeyValue, StringValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::callsites::{Callsite, Callsites};
use super::chunk::{Chunk, Thread, Waiting};
use super::clock::Calendar;
use super::config::Config;
use super::items::{Item, Items, LinkedTo, List, Written};
use crate::context::TraceContext;
use crate::semconv;
use crate::span::Kind;

/// Attributes that a span may get beside its own.
const ADDED: usize = 7;

/// Makes the data of the SDK of what waits.
pub(crate) struct Translator<'a> {
    config: &'a Config,
    calendar: Calendar,
    callsites: Callsites,
}

impl<'a> Translator<'a> {
    pub(crate) fn new(config: &'a Config) -> Self {
        Self {
            config,
            calendar: Calendar::new(),
            callsites: Callsites::default(),
        }
    }

    /// Looks at the system's clock, for the spans that follow.
    pub(crate) fn refresh(&mut self) {
        self.calendar = Calendar::new();
    }

    /// All spans of a chunk.
    pub(crate) fn chunk(&mut self, chunk: &Chunk) -> Vec<SpanData> {
        let thread = chunk.thread.as_deref();
        chunk
            .spans()
            .map(|(span, items)| self.span(thread, span, items))
            .collect()
    }

    /// One span, that ended on `thread`.
    pub(crate) fn span(
        &mut self,
        thread: Option<&Thread>,
        span: &Waiting,
        items: &[u8],
    ) -> SpanData {
        let head = &span.head;
        let callsite = self.callsites.of(head.metadata);
        let mut read = Read::default();
        read.attributes.may_repeat = !callsite.is_plain;
        read.attributes
            .list
            .reserve_exact(span.counts.attributes() + ADDED);
        for item in Items::new(items) {
            read.item(callsite, &self.calendar, item);
        }
        add_place(self.config, callsite, thread, &mut read.attributes);
        let start_time = self.calendar.time(head.start);
        SpanData {
            span_context: context_of(&head.context),
            parent_span_id: head
                .parent
                .map_or(opentelemetry::SpanId::INVALID, |parent| {
                    opentelemetry::SpanId::from_bytes(parent.to_bytes())
                }),
            parent_span_is_remote: head.parent_is_remote,
            span_kind: kind_of(head.kind),
            name: read
                .name
                .map_or(Cow::Borrowed(head.metadata.name()), |name| {
                    Cow::Owned(name.to_owned())
                }),
            start_time,
            // The counter may have been set back in between.
            end_time: self.calendar.time(head.end).max(start_time),
            attributes: read.attributes.list,
            dropped_attributes_count: span.counts.dropped_attributes,
            events: events_of(read.events, span.counts.dropped_events),
            links: links_of(read.links, span.counts.dropped_links),
            status: read.status,
            instrumentation_scope: self.config.instrumentation.clone(),
        }
    }
}

/// What was read of a span, or of an event or a link in it.
#[derive(Default)]
struct Read<'a> {
    name: Option<&'a str>,
    attributes: Attributes,
    events: Vec<Event>,
    links: Vec<Link>,
    status: Status,
    /// Attributes of an event or a link that were over the limit.
    dropped_attributes: u32,
}

impl<'a> Read<'a> {
    fn of(callsite: &Callsite, calendar: &Calendar, items: Items<'a>) -> Self {
        let mut read = Self::default();
        for item in items {
            read.item(callsite, calendar, item);
        }
        read
    }

    fn item(&mut self, callsite: &Callsite, calendar: &Calendar, item: Item<'a>) {
        match item {
            Item::Name(name) => self.name = Some(name),
            Item::Field(number, value) => {
                if let Some(key) = callsite.keys.get(number) {
                    self.attributes
                        .set_field(number, key.clone(), value_of(value));
                }
            }
            Item::Attribute(key, value) => {
                self.attributes
                    .set(Key::new(key.to_owned()), value_of(value));
            }
            Item::Event(at, items) => {
                let event = Self::of(callsite, calendar, items);
                self.events.push(Event::new(
                    event.name.unwrap_or_default().to_owned(),
                    calendar.time_of(at),
                    event.attributes.list,
                    event.dropped_attributes,
                ));
            }
            Item::Link(to, items) => {
                let link = Self::of(callsite, calendar, items);
                self.links.push(Link::new(
                    linked(&to),
                    link.attributes.list,
                    link.dropped_attributes,
                ));
            }
            Item::Outcome(ended) => {
                let key = Key::from_static_str(semconv::OUTCOME);
                self.attributes.set(key, ended.as_str().into());
            }
            Item::Dropped(attributes) => self.dropped_attributes = attributes,
            // Ok is final; otherwise the last one counts that says anything.
            Item::Ok => self.status = Status::Ok,
            Item::Error(_) if self.status == Status::Ok => {}
            // A failure without a text takes none away.
            Item::Error("") | Item::ErrorUnlessSet if self.status != Status::Unset => {}
            Item::ErrorUnlessSet => self.status = Status::error(""),
            Item::Error(description) => self.status = Status::error(description.to_owned()),
        }
    }
}

/// Attributes, each key once: the last value counts, in the place of the first.
#[derive(Default)]
struct Attributes {
    list: Vec<KeyValue>,
    /// The first 64 fields of the callsite, where they are there.
    fields: u64,
    /// Whether a new key may be there already, so that each of them has to be looked at.
    may_repeat: bool,
}

impl Attributes {
    /// The field of this number of the callsite.
    fn set_field(&mut self, number: usize, key: Key, value: opentelemetry::Value) {
        let bit = u32::try_from(number)
            .ok()
            .and_then(|number| 1u64.checked_shl(number));
        match bit {
            Some(bit) if !self.may_repeat && self.fields & bit == 0 => {
                self.fields |= bit;
                self.list.push(KeyValue::new(key, value));
            }
            _ => self.replace(key, value),
        }
    }

    /// Any other one.
    fn set(&mut self, key: Key, value: opentelemetry::Value) {
        self.may_repeat = true;
        self.replace(key, value);
    }

    fn replace(&mut self, key: Key, value: opentelemetry::Value) {
        match self.list.iter_mut().find(|attribute| attribute.key == key) {
            Some(attribute) => attribute.value = value,
            None => self.list.push(KeyValue::new(key, value)),
        }
    }

    /// What is known of every span does not replace what this one says.
    fn add(&mut self, key: &'static str, value: impl Into<opentelemetry::Value>) {
        let key = Key::from_static_str(key);
        if !self.may_repeat || !self.list.iter().any(|attribute| attribute.key == key) {
            self.list.push(KeyValue::new(key, value));
        }
    }
}

/// Where in the source the span is, and on which thread it was.
fn add_place(
    config: &Config,
    callsite: &Callsite,
    thread: Option<&Thread>,
    attributes: &mut Attributes,
) {
    let metadata = callsite.metadata;
    if config.location {
        if let Some(file) = metadata.file() {
            attributes.add(semconv::CODE_FILE_PATH, file);
        }
        if let Some(line) = metadata.line() {
            attributes.add(semconv::CODE_LINE_NUMBER, i64::from(line));
        }
        if let Some(function) = &callsite.function {
            attributes.add(semconv::CODE_FUNCTION_NAME, Arc::clone(function));
        }
    }
    if config.threads
        && let Some(thread) = thread
    {
        if let Some(number) = thread.number {
            attributes.add(semconv::THREAD_ID, number);
        }
        if let Some(name) = &thread.name {
            attributes.add(semconv::THREAD_NAME, Arc::clone(name));
        }
    }
    if config.target {
        attributes.add(semconv::TARGET, metadata.target());
    }
    if config.level {
        attributes.add(semconv::LEVEL, metadata.level().as_str());
    }
}

fn value_of(value: Written<'_>) -> opentelemetry::Value {
    match value {
        Written::Bool(value) => value.into(),
        Written::I64(value) => value.into(),
        Written::F64(value) => value.into(),
        Written::Text(value) => StringValue::from(value.to_owned()).into(),
        Written::List(list) => opentelemetry::Value::Array(array_of(list)),
    }
}

/// A list of one type; an empty one is a list of texts.
fn array_of(list: List<'_>) -> Array {
    let mut texts = Vec::new();
    let (mut bools, mut integers, mut floats) = (Vec::new(), Vec::new(), Vec::new());
    for value in list {
        match value {
            Written::Bool(value) => bools.push(value),
            Written::I64(value) => integers.push(value),
            Written::F64(value) => floats.push(value),
            Written::Text(value) => texts.push(StringValue::from(value.to_owned())),
            Written::List(_) => {}
        }
    }
    if !bools.is_empty() {
        Array::Bool(bools)
    } else if !integers.is_empty() {
        Array::I64(integers)
    } else if !floats.is_empty() {
        Array::F64(floats)
    } else {
        Array::String(texts)
    }
}

fn context_of(context: &TraceContext) -> SpanContext {
    SpanContext::new(
        opentelemetry::TraceId::from_bytes(context.trace_id().to_bytes()),
        opentelemetry::SpanId::from_bytes(context.span_id().to_bytes()),
        OtelFlags::new(context.flags().bits()),
        context.is_remote(),
        state_of(context.tracestate().map_or("", |state| state.as_str())),
    )
}

fn linked(to: &LinkedTo<'_>) -> SpanContext {
    SpanContext::new(
        opentelemetry::TraceId::from_bytes(to.trace_id),
        opentelemetry::SpanId::from_bytes(to.span_id),
        OtelFlags::new(to.flags),
        to.is_remote,
        state_of(to.tracestate),
    )
}

/// What OpenTelemetry's older grammar does not know stays behind.
fn state_of(text: &str) -> OtelState {
    if text.is_empty() {
        return OtelState::NONE;
    }
    text.parse().unwrap_or_default()
}

fn kind_of(kind: Kind) -> SpanKind {
    match kind {
        Kind::Internal => SpanKind::Internal,
        Kind::Server => SpanKind::Server,
        Kind::Client => SpanKind::Client,
        Kind::Producer => SpanKind::Producer,
        Kind::Consumer => SpanKind::Consumer,
    }
}

fn events_of(events: Vec<Event>, dropped: u32) -> SpanEvents {
    let mut all = SpanEvents::default();
    all.events = events;
    all.dropped_count = dropped;
    all
}

fn links_of(links: Vec<Link>, dropped: u32) -> SpanLinks {
    let mut all = SpanLinks::default();
    all.links = links;
    all.dropped_count = dropped;
    all
}
