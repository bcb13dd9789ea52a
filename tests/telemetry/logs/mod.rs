//! Events as log records: what is in them, that they have the ids of their spans, how they are exported, and what of them is in
//! the traces.

mod export;
mod ids;
mod privacy;
mod records;
mod runtimes;
mod variables;

use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLogRecord};
use tracing_relay::telemetry::{Builder, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::LONG;

/// Log records in memory.
struct Logged {
    telemetry: Telemetry,
    logs: InMemoryLogExporter,
}

impl Logged {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(set_up: impl FnOnce(Builder) -> Builder) -> Self {
        let logs = InMemoryLogExporter::default();
        let builder = Telemetry::builder("logs").with_log_exporter(logs.clone());
        Self {
            telemetry: set_up(builder).build().unwrap(),
            logs,
        }
    }

    /// Logs with this layer alone.
    fn log(&self, log: impl FnOnce()) {
        let subscriber = tracing_subscriber::registry().with(self.telemetry.logs_layer());
        tracing::subscriber::with_default(subscriber, log);
    }

    fn records(&self) -> Vec<SdkLogRecord> {
        assert!(self.telemetry.flush(LONG));
        let logs = self.logs.get_emitted_logs().unwrap();
        logs.into_iter().map(|log| log.record).collect()
    }

    /// The one record.
    fn only(&self) -> SdkLogRecord {
        let [record] = <[SdkLogRecord; 1]>::try_from(self.records()).unwrap();
        record
    }
}

fn text(value: &str) -> AnyValue {
    AnyValue::String(value.to_owned().into())
}

fn attribute<'a>(record: &'a SdkLogRecord, key: &str) -> Option<&'a AnyValue> {
    let mut found = record.attributes_iter();
    let (_, value) = found.find(|(found, _)| found.as_str() == key)?;
    assert!(found.all(|(other, _)| other.as_str() != key), "{key} twice");
    Some(value)
}
