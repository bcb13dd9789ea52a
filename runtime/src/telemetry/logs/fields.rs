//! [`Fields`]: the one place where the attributes of a log record are collected.

use std::error::Error;
use std::fmt::{self, Write as _};

use opentelemetry::Key;
use opentelemetry::logs::{AnyValue, LogRecord as _};
use opentelemetry_sdk::logs::SdkLogRecord;
use tracing::field::{Field, FieldSet, Visit};

use super::settings::LogLimits;
use crate::current::Realm;
use crate::engine::up_to;
use crate::semconv;
use crate::session;
use crate::span::{AttributeValue, MOST_SOURCES};

/// Where the code is that an event comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'a> {
    pub(super) file: Option<&'a str>,
    pub(super) line: Option<u32>,
}

/// Writes the fields of an event into a record: `message` as the body, all others as attributes with their types.
pub(super) struct Fields<'a> {
    record: &'a mut SdkLogRecord,
    limits: LogLimits,
    attributes: u32,
    dropped: u32,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(record: &'a mut SdkLogRecord, limits: LogLimits) -> Self {
        Self {
            record,
            limits,
            attributes: 0,
            dropped: 0,
        }
    }

    /// Adds what is not the event's own, which declares these fields, and returns how many attributes were over the limit.
    pub(super) fn end(mut self, declared: &FieldSet, place: Place<'_>) -> u32 {
        // Events reach the application's layers also where they come from a scope, and so does its session.
        session::each_attribute(Realm::APPLICATION, declared, |key, value| {
            if ![semconv::CODE_FILE_PATH, semconv::CODE_LINE_NUMBER].contains(&key) {
                self.put(key.to_owned(), value);
            }
        });
        if let Some(file) = place.file {
            self.put(semconv::CODE_FILE_PATH, AttributeValue::Str(file));
        }
        if let Some(line) = place.line {
            let line = AttributeValue::I64(line.into());
            self.put(semconv::CODE_LINE_NUMBER, line);
        }
        self.dropped
    }

    /// An attribute. Of two values for a key the first counts.
    fn put(&mut self, key: impl Into<Key>, value: AttributeValue<'_>) {
        let key = key.into();
        if self.has(key.as_str()) {
            return;
        }
        if self.attributes == self.limits.attributes {
            self.dropped += 1;
            return;
        }
        self.attributes += 1;
        let value = value_of(value, self.limits.value_length);
        self.record.add_attribute(key, value);
    }

    fn has(&self, key: &str) -> bool {
        let mut attributes = self.record.attributes_iter();
        attributes.any(|(known, _)| known.as_str() == key)
    }

    fn field(&mut self, field: &Field, value: AttributeValue<'_>) {
        match field.name() {
            "message" => self.record.set_body(value_of(value, usize::MAX)),
            // What the crate `log` says about the place is in the record by other names.
            "log.target" | "log.module_path" | "log.file" | "log.line" => {}
            name => self.put(name, value),
        }
    }

    fn integer<T: fmt::Display + Copy + TryInto<i64>>(&mut self, field: &Field, value: T) {
        match value.try_into() {
            Ok(value) => self.field(field, AttributeValue::I64(value)),
            Err(_) => self.field(field, AttributeValue::Display(&value)),
        }
    }
}

impl Visit for Fields<'_> {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, AttributeValue::Bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, AttributeValue::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.integer(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.integer(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.integer(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.field(field, AttributeValue::F64(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.field(field, AttributeValue::Str(value));
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        self.field(field, AttributeValue::Display(&error));
        self.put(semconv::EXCEPTION_MESSAGE, AttributeValue::Display(&error));
        let causes = Causes(error);
        if error.source().is_some() {
            let causes = AttributeValue::Display(&causes);
            self.put(semconv::EXCEPTION_STACKTRACE, causes);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.field(field, AttributeValue::Debug(&value));
    }
}

/// An error with what it came from, a line each.
struct Causes<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        for _ in 0..MOST_SOURCES {
            let Some(source) = next else {
                break;
            };
            write!(f, "\ncaused by: {source}")?;
            next = source.source();
        }
        Ok(())
    }
}

fn value_of(value: AttributeValue<'_>, limit: usize) -> AnyValue {
    match value {
        AttributeValue::Bool(value) => AnyValue::Boolean(value),
        AttributeValue::I64(value) => AnyValue::Int(value),
        AttributeValue::F64(value) => AnyValue::Double(value),
        text => {
            let mut written = Text {
                text: String::new(),
                room: limit,
            };
            // A `Display` that fails or panics spoils its own text and nothing else.
            let _ = write!(written, "{text}");
            AnyValue::String(written.text.into())
        }
    }
}

/// Text up to a limit. What is over it is not written anywhere.
struct Text {
    text: String,
    room: usize,
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fitting = up_to(text, self.room);
        self.text.push_str(fitting);
        // What comes behind a text that was cut is not to come in its place.
        self.room = if fitting.len() == text.len() {
            self.room - fitting.len()
        } else {
            0
        };
        Ok(())
    }
}
