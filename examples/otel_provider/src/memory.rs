//! [`OtelInMemory`]: exporters into this process, whose content outlives a shutdown.

use std::future::Future;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{InMemoryLogExporter, LogBatch, LogExporter};
use opentelemetry_sdk::metrics::InMemoryMetricExporter;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData, SpanExporter};

/// What was exported into this process. A clone is the same one.
#[derive(Clone, Debug, Default)]
pub struct OtelInMemory {
    /// Log records.
    pub logs: InMemoryLogExporter,
    /// Spans.
    pub spans: InMemorySpanExporter,
    /// Metrics.
    pub metrics: InMemoryMetricExporter,
}

/// An exporter that is not told of the shutdown: those of the SDK for spans and log records forget what they have then.
#[derive(Debug)]
pub(crate) struct Kept<E>(pub(crate) E);

impl SpanExporter for Kept<InMemorySpanExporter> {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        self.0.export(batch)
    }

    fn set_resource(&mut self, resource: &Resource) {
        SpanExporter::set_resource(&mut self.0, resource);
    }
}

impl LogExporter for Kept<InMemoryLogExporter> {
    fn export(&self, batch: LogBatch<'_>) -> impl Future<Output = OTelSdkResult> + Send {
        self.0.export(batch)
    }

    fn set_resource(&mut self, resource: &Resource) {
        LogExporter::set_resource(&mut self.0, resource);
    }
}
