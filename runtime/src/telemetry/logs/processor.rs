//! [`Processor`]: log records of code on OpenTelemetry's API, into the same queue.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::{Logger as _, LoggerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord, SdkLogger, SdkLoggerProvider};

use super::queue::Queue;
use super::record::Record;

/// Makes empty records, which have no constructor, and emits nothing.
pub(super) fn blank() -> SdkLogger {
    let resource = opentelemetry_sdk::Resource::builder_empty().build();
    let provider = SdkLoggerProvider::builder().with_resource(resource);
    provider.build().logger("")
}

/// The only processor of its provider.
#[derive(Debug)]
pub(super) struct Processor {
    pub(super) queue: Arc<Queue>,
    pub(super) blank: SdkLogger,
}

impl LogProcessor for Processor {
    fn emit(&self, log: &mut SdkLogRecord, instrumentation: &InstrumentationScope) {
        // Taken and not cloned: there is no other processor that would want it.
        self.queue.push(Record {
            log: mem::replace(log, self.blank.create_log_record()),
            instrumentation: instrumentation.clone(),
            dropped_attributes: 0,
        });
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.queue.request_flush();
        Ok(())
    }

    /// The export ends with its `Telemetry`, and not with the last that has the provider.
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        self.force_flush()
    }
}
