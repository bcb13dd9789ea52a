//! [`Export`]: what takes batches of log records, on the exporting thread.

use std::fmt::Debug;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};

use super::record::Record;
use crate::otlp::OtlpLogs;

/// The part of [`LogExporter`] that is needed, for exporters of different types.
pub(in crate::telemetry) trait Export: Debug + Send + Sync {
    /// Says why the records were not all taken.
    fn export(&self, batch: &[Record]) -> Result<(), String>;
    fn shutdown(&self) -> Result<(), String>;
    fn set_resource(&mut self, resource: &Resource);
}

/// An exporter for the SDK.
#[derive(Debug)]
pub(in crate::telemetry) struct ForSdk<E>(pub(in crate::telemetry) E);

impl<E: LogExporter> Export for ForSdk<E> {
    fn export(&self, batch: &[Record]) -> Result<(), String> {
        let batch: Vec<_> = batch
            .iter()
            .map(|record| (&record.log, &record.instrumentation))
            .collect();
        let exported = self.0.export(LogBatch::new(&batch));
        futures_executor::block_on(exported).map_err(|error| told(&error))
    }

    fn shutdown(&self) -> Result<(), String> {
        self.0.shutdown().map_err(|error| told(&error))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn told(error: &OTelSdkError) -> String {
    error.to_string()
}

impl Export for OtlpLogs {
    fn export(&self, batch: &[Record]) -> Result<(), String> {
        let records = batch.iter().map(|record| {
            (
                &record.log,
                &record.instrumentation,
                record.dropped_attributes,
            )
        });
        self.send(records)
    }

    fn shutdown(&self) -> Result<(), String> {
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        Self::set_resource(self, resource);
    }
}
