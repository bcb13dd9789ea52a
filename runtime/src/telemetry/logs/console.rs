//! [`Console`]: log records as lines on standard error, as they are exported.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLogRecord;

use super::export::Export;
use super::record::Record;

/// Writes each batch as it comes, a line a record.
#[derive(Debug)]
pub(in crate::telemetry) struct Console;

impl Export for Console {
    fn export(&self, batch: &[Record]) -> Result<(), String> {
        let mut text = String::new();
        for record in batch {
            show(&record.log, &mut text);
        }
        // Not `eprint`, which panics where nobody reads.
        io::stderr()
            .write_all(text.as_bytes())
            .map_err(|error| format!("standard error: {error}"))
    }

    fn shutdown(&self) -> Result<(), String> {
        Ok(())
    }

    fn set_resource(&mut self, _: &Resource) {}
}

fn show(record: &SdkLogRecord, text: &mut String) {
    let severity = record.severity_text().unwrap_or("-");
    let target = record.target().map_or("", |target| target);
    let _ = write!(text, "log {severity} {target}:");
    if let Some(name) = record.event_name() {
        let _ = write!(text, " [{name}]");
    }
    if let Some(body) = record.body() {
        let _ = write!(text, " {}", shown(body));
    }
    for (key, value) in record.attributes_iter() {
        let _ = write!(text, " {key}={}", shown(value));
    }
    if let Some(context) = record.trace_context() {
        let (trace, span) = (context.trace_id, context.span_id);
        let _ = write!(text, " trace_id={trace} span_id={span}");
    }
    text.push('\n');
}

/// A value on one line: line breaks of it would look like other records.
fn shown(value: &AnyValue) -> String {
    match value {
        AnyValue::Int(value) => value.to_string(),
        AnyValue::Double(value) => value.to_string(),
        AnyValue::Boolean(value) => value.to_string(),
        AnyValue::String(text) => text.as_str().escape_debug().to_string(),
        other => format!("{other:?}"),
    }
}
