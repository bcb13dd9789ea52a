//! [`Record`]: a log record while it waits.

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::logs::SdkLogRecord;

/// A log record, with what that of the SDK has no place for.
#[derive(Debug)]
pub(in crate::telemetry) struct Record {
    pub(super) log: SdkLogRecord,
    pub(super) instrumentation: InstrumentationScope,
    /// Attributes that were over the limit.
    pub(super) dropped_attributes: u32,
}

impl Record {
    /// The bytes that it takes, nearly: its texts, and the room for what is not text.
    pub(super) fn size(&self) -> usize {
        let attributes = self.log.attributes_iter();
        let attributes: usize = attributes
            .map(|(key, value)| size_of_val(key) + key.as_str().len() + size_of_value(value))
            .sum();
        let target = self.log.target().map_or(0, |target| target.len());
        let body = self.log.body().map_or(0, size_of_value);
        size_of::<Self>() + attributes + target + body
    }
}

fn size_of_value(value: &AnyValue) -> usize {
    let inside = match value {
        AnyValue::String(text) => text.as_str().len(),
        AnyValue::Bytes(bytes) => bytes.len(),
        AnyValue::ListAny(list) => list.iter().map(size_of_value).sum(),
        AnyValue::Map(map) => map
            .iter()
            .map(|(key, value)| key.as_str().len() + size_of_value(value))
            .sum(),
        _ => 0,
    };
    size_of::<AnyValue>() + inside
}

#[cfg(test)]
mod tests {
    use opentelemetry::logs::{LogRecord as _, Logger as _};

    use super::super::processor::blank;
    use super::*;

    #[test]
    fn a_long_key_or_target_takes_its_bytes() {
        let long = || "x".repeat(1 << 20);
        let mut with_key = blank().create_log_record();
        with_key.add_attribute(long(), 1);
        let mut with_target = blank().create_log_record();
        with_target.set_target(long());
        for log in [with_key, with_target] {
            let record = Record {
                log,
                instrumentation: InstrumentationScope::default(),
                dropped_attributes: 0,
            };
            assert!(record.size() > 1 << 20);
        }
    }
}
