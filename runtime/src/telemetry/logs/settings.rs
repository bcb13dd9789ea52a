//! [`LogSettings`]: what is decided about log records before there are any.

use std::fmt;
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::telemetry::reader::Reader;
use crate::telemetry::settings::{Batching, Exporter, exporters};
use crate::telemetry::signal::Signal;

/// How log records wait for their export. What does not fit is dropped and counted.
///
/// ```
/// use std::time::Duration;
///
/// use tracing_relay::telemetry::{LogQueueLimits, Telemetry};
///
/// let mut queue = LogQueueLimits::default();
/// queue.bytes = 8 << 20;
/// queue.delay = Duration::from_millis(200);
/// let builder = Telemetry::builder("orders").with_log_queue(queue);
/// # drop(builder);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogQueueLimits {
    /// Records that wait at most; 131,072.
    pub records: usize,
    /// Bytes that waiting records take at most; 32 MiB. A record with five small fields takes some 600. A single record of
    /// more than this is dropped.
    pub bytes: usize,
    /// Records of one call of the exporter; 512. A batch is smaller when it was due, and when it would be more than 1 MiB.
    pub batch: usize,
    /// How long a record waits at most for others to go with; one second. With zero each one is exported at once.
    pub delay: Duration,
}

impl Default for LogQueueLimits {
    fn default() -> Self {
        Self {
            records: 131_072,
            bytes: 32 << 20,
            batch: 512,
            delay: Duration::from_secs(1),
        }
    }
}

/// How much of one log record is kept
/// ([OpenTelemetry, limits of log records](https://opentelemetry.io/docs/specs/otel/logs/sdk/#logrecord-limits)). What is
/// beyond is dropped, and attributes are counted in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLimits {
    /// Attributes of a record; 128.
    pub attributes: u32,
    /// Bytes of a text in an attribute; what is longer is cut between two characters. No limit. The body has none.
    pub value_length: usize,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self {
            attributes: 128,
            value_length: usize::MAX,
        }
    }
}

/// All that is set for logs.
#[derive(Clone, PartialEq)]
pub(in crate::telemetry) struct LogSettings {
    pub(in crate::telemetry) exporters: Vec<Exporter>,
    pub(in crate::telemetry) queue: LogQueueLimits,
    /// The longest that one batch may take.
    pub(in crate::telemetry) export_timeout: Duration,
    pub(in crate::telemetry) limits: LogLimits,
    /// Which events are exported.
    pub(in crate::telemetry) targets: Targets,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            exporters: Vec::new(),
            queue: LogQueueLimits::default(),
            export_timeout: Duration::from_secs(30),
            limits: LogLimits::default(),
            targets: Targets::new().with_default(LevelFilter::INFO),
        }
    }
}

impl LogSettings {
    pub(in crate::telemetry) fn read(reader: &mut Reader<'_>) -> Self {
        let mut settings = Self {
            exporters: exporters(reader, Signal::Logs),
            ..Self::default()
        };
        settings.read_queue(reader);
        settings.read_limits(reader);
        settings
    }

    fn read_queue(&mut self, reader: &mut Reader<'_>) {
        let queue = &mut self.queue;
        let batching = Batching {
            items: &mut queue.records,
            batch: &mut queue.batch,
            delay: &mut queue.delay,
            export_timeout: &mut self.export_timeout,
        };
        batching.read(reader, "OTEL_BLRP");
    }

    fn read_limits(&mut self, reader: &mut Reader<'_>) {
        let limit = |reader: &mut Reader<'_>, subject: &str| {
            let [specific, generic] = [
                format!("OTEL_LOGRECORD_{subject}"),
                format!("OTEL_{subject}"),
            ];
            reader.either([&specific, &generic], |reader, name| reader.number(name, 0))
        };
        if let Some(count) = limit(reader, "ATTRIBUTE_COUNT_LIMIT") {
            self.limits.attributes = count;
        }
        if let Some(length) = limit(reader, "ATTRIBUTE_VALUE_LENGTH_LIMIT") {
            self.limits.value_length = usize::try_from(length).unwrap_or(usize::MAX);
        }
    }
}

impl fmt::Display for LogSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            queue,
            limits,
            export_timeout,
            targets,
            ..
        } = self;
        write!(
            f,
            "log queue:   {} records, {} bytes, batches of {}, delay {:?}, timeout {export_timeout:?}",
            queue.records, queue.bytes, queue.batch, queue.delay
        )?;
        let attributes = limits.attributes;
        write!(f, "\nlog limits:  {attributes} attributes, values of ")?;
        match limits.value_length {
            usize::MAX => f.write_str("any length")?,
            length => write!(f, "{length} bytes")?,
        }
        write!(f, "\nlogged:      {targets}")
    }
}
