//! Fields of `tracing` as attributes: those of spans, with the `otel.*` ones that mean something else, and those
//! of events, where `message` is the name.

use std::error::Error;
use std::fmt;

use tracing::Metadata;
use tracing::field::{Field, Visit};

use super::Ticks;
use super::body::{Body, Value};
use super::config::{Config, Limits};
use crate::current::Realm;
use crate::semconv;
use crate::session;
use crate::span::{AttributeValue, Kind, MOST_SOURCES};

/// What events have besides their fields.
const OWN_KEYS: [&str; 4] = [
    semconv::LEVEL,
    semconv::TARGET,
    semconv::CODE_FILE_PATH,
    semconv::CODE_LINE_NUMBER,
];
const EXCEPTION: &str = "exception";

/// Writes the fields of a span.
pub(crate) struct SpanFields<'a> {
    body: &'a mut Body,
    limits: &'a Limits,
    /// What `otel.kind` said.
    pub(crate) kind: Option<Kind>,
}

impl<'a> SpanFields<'a> {
    pub(crate) fn new(body: &'a mut Body, limits: &'a Limits) -> Self {
        Self {
            body,
            limits,
            kind: None,
        }
    }

    fn put(&mut self, field: &Field, value: AttributeValue<'_>) {
        match field.name() {
            "otel.name" => {
                self.body.name(&value);
            }
            "otel.kind" => self.kind = kind_of(&value.to_string()),
            "otel.status_code" => match value.to_string() {
                code if code.eq_ignore_ascii_case("ok") => self.body.ok(),
                code if code.eq_ignore_ascii_case("error") => {
                    self.body.error(&AttributeValue::Str(""));
                }
                _ => {}
            },
            "otel.status_description" => self.body.error(&value),
            _ => self.body.field(self.limits, field.index(), &value),
        }
    }
}

fn kind_of(name: &str) -> Option<Kind> {
    [
        Kind::Internal,
        Kind::Server,
        Kind::Client,
        Kind::Producer,
        Kind::Consumer,
    ]
    .into_iter()
    .find(|kind| kind.as_str().eq_ignore_ascii_case(name))
}

/// An integer of any size, as text where it does not fit.
fn integer<T: Copy + TryInto<i64>>(value: &T) -> Option<AttributeValue<'static>> {
    (*value).try_into().ok().map(AttributeValue::I64)
}

macro_rules! visit_values {
    () => {
        fn record_bool(&mut self, field: &Field, value: bool) {
            self.put(field, AttributeValue::Bool(value));
        }

        fn record_i64(&mut self, field: &Field, value: i64) {
            self.put(field, AttributeValue::I64(value));
        }

        fn record_u64(&mut self, field: &Field, value: u64) {
            self.put(
                field,
                integer(&value).unwrap_or(AttributeValue::Display(&value)),
            );
        }

        fn record_i128(&mut self, field: &Field, value: i128) {
            self.put(
                field,
                integer(&value).unwrap_or(AttributeValue::Display(&value)),
            );
        }

        fn record_u128(&mut self, field: &Field, value: u128) {
            self.put(
                field,
                integer(&value).unwrap_or(AttributeValue::Display(&value)),
            );
        }

        fn record_f64(&mut self, field: &Field, value: f64) {
            self.put(field, AttributeValue::F64(value));
        }

        fn record_str(&mut self, field: &Field, value: &str) {
            self.put(field, AttributeValue::Str(value));
        }

        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.put(field, AttributeValue::Debug(&value));
        }
    };
}

impl Visit for SpanFields<'_> {
    visit_values!();

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        exception(self.body, self.limits, error);
        self.put(field, AttributeValue::Display(&error));
        chain(self.body, self.limits, field, error);
    }
}

/// What the conventions say about an error.
fn exception(body: &mut Body, limits: &Limits, error: &(dyn Error + 'static)) {
    body.attribute(
        limits,
        semconv::EXCEPTION_MESSAGE,
        Value::One(AttributeValue::Display(&error)),
    );
    let sources = sources(error);
    let sources: Vec<_> = sources
        .iter()
        .map(|source| AttributeValue::Str(source))
        .collect();
    body.attribute(limits, semconv::EXCEPTION_STACKTRACE, Value::List(&sources));
}

fn chain(body: &mut Body, limits: &Limits, field: &Field, error: &(dyn Error + 'static)) {
    let sources = sources(error);
    let sources: Vec<_> = sources
        .iter()
        .map(|source| AttributeValue::Str(source))
        .collect();
    let key = format!("{}.chain", field.name());
    body.attribute(limits, &key, Value::List(&sources));
}

fn sources(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut sources = Vec::new();
    let mut next = error.source();
    while let Some(source) = next
        && sources.len() < MOST_SOURCES
    {
        sources.push(AttributeValue::Display(&source).to_string());
        next = source.source();
    }
    sources
}

/// Writes an event.
pub(crate) struct EventFields<'a> {
    body: Body,
    limits: &'a Limits,
    config: &'a Config,
    metadata: &'static Metadata<'static>,
    is_named: bool,
    is_dropped: bool,
    /// What the event says about its span: the text of an error in a field of that name.
    failure: Option<String>,
    /// What errors add to the span.
    of_span: Body,
}

impl<'a> EventFields<'a> {
    /// Begins an event in an empty body.
    pub(crate) fn begin(
        mut body: Body,
        limits: &'a Limits,
        config: &'a Config,
        metadata: &'static Metadata<'static>,
    ) -> Self {
        let is_dropped = !body.event(limits, Ticks::now());
        let mut fields = Self {
            body,
            limits,
            config,
            metadata,
            is_named: false,
            is_dropped,
            failure: None,
            of_span: Body::default(),
        };
        fields.add(
            semconv::LEVEL,
            AttributeValue::Str(metadata.level().as_str()),
        );
        if fields.config.target {
            fields.add(semconv::TARGET, AttributeValue::Str(metadata.target()));
        }
        fields
    }

    fn add(&mut self, key: &str, value: AttributeValue<'_>) {
        if !self.is_dropped {
            self.body.attribute(self.limits, key, Value::One(value));
        }
    }

    fn put(&mut self, field: &Field, value: AttributeValue<'_>) {
        match (field.name(), value) {
            // A whole number has no point here, as `Display` writes it.
            ("message", AttributeValue::F64(value)) => self.name(&AttributeValue::Display(&value)),
            ("message", value) => self.name(&value),
            // What `#[instrument(err)]` says. Numbers are no errors.
            (
                "error",
                AttributeValue::Str(_) | AttributeValue::Display(_) | AttributeValue::Debug(_),
            ) if !self.is_named => {
                let text = value.to_string();
                self.name(&AttributeValue::Str(EXCEPTION));
                self.add(semconv::EXCEPTION_MESSAGE, AttributeValue::Str(&text));
                self.failure = Some(text);
            }
            (name, value) => self.add(name, value),
        }
    }

    /// An empty name is none.
    fn name(&mut self, name: &AttributeValue<'_>) {
        self.is_named = if self.is_dropped {
            !name.to_string().is_empty()
        } else {
            self.body.name(name)
        };
    }

    /// Adds the attributes of the session that are none of the event's own.
    pub(crate) fn add_session(&mut self, realm: Realm) {
        let declared = self.metadata.fields();
        session::each_attribute(realm, declared, |key, value| {
            if !OWN_KEYS.contains(&key) {
                self.add(key, value);
            }
        });
    }

    /// The event, with what it says about its span.
    pub(crate) fn end(mut self) -> Body {
        if !self.is_named {
            self.name(&AttributeValue::Str(self.metadata.name()));
        }
        if self.config.location {
            if let Some(file) = self.metadata.file() {
                self.add(semconv::CODE_FILE_PATH, AttributeValue::Str(file));
            }
            if let Some(line) = self.metadata.line() {
                self.add(semconv::CODE_LINE_NUMBER, AttributeValue::I64(line.into()));
            }
        }
        if !self.is_dropped {
            self.body.end();
        }
        if *self.metadata.level() == tracing::Level::ERROR {
            self.body.error_unless_set();
        }
        if let Some(failure) = &self.failure {
            self.body.error(&AttributeValue::Str(failure));
        }
        self.body.append(self.limits, &self.of_span);
        self.body
    }
}

impl Visit for EventFields<'_> {
    visit_values!();

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        if !self.is_dropped {
            exception(&mut self.body, self.limits, error);
        }
        exception(&mut self.of_span, self.limits, error);
        self.add(field.name(), AttributeValue::Display(&error));
        if !self.is_dropped {
            chain(&mut self.body, self.limits, field, error);
        }
    }
}
