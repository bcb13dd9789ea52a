//! Logs: events of `tracing` become log records of OpenTelemetry, which wait in a queue of their own for a thread of their own.
//! They wait beside the spans and not with them, so that a collector that is slow with one signal keeps the other.

mod console;
mod export;
mod fields;
mod layer;
mod processor;
mod queue;
mod record;
mod settings;
mod worker;

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::{SdkLogger, SdkLoggerProvider};
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

pub(super) use console::Console;
pub(super) use export::{Export, ForSdk};
pub use queue::LogStatistics;
pub(super) use settings::LogSettings;
pub use settings::{LogLimits, LogQueueLimits};

use layer::{Events, LogExport, LogLayer};
use processor::Processor;
use queue::Queue;

/// The export of log records. Dropping it ends the export, and waits for nothing.
pub(super) struct Logs {
    settings: LogSettings,
    queue: Arc<Queue>,
    blank: SdkLogger,
    provider: SdkLoggerProvider,
    worker: Mutex<Option<JoinHandle<()>>>,
    /// Where the exporting thread runs.
    process: u32,
}

impl Logs {
    /// Starts the exporting thread.
    pub(super) fn start(
        settings: &LogSettings,
        exporters: Vec<Box<dyn Export>>,
        resource: Resource,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(settings.queue));
        let blank = processor::blank();
        let processor = Processor {
            queue: Arc::clone(&queue),
            blank: blank.clone(),
        };
        let provider = SdkLoggerProvider::builder()
            .with_resource(resource.clone())
            .with_log_processor(processor)
            .build();
        let worker = worker::start(&queue, exporters, resource)?;
        Ok(Self {
            settings: settings.clone(),
            queue,
            blank,
            provider,
            worker: Mutex::new(Some(worker)),
            process: std::process::id(),
        })
    }

    /// The layer, which wants nothing where nothing is exported.
    pub(super) fn layer<S>(logs: Option<&Self>) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let export = logs.map(|logs| LogExport {
            queue: Arc::clone(&logs.queue),
            blank: logs.blank.clone(),
            // Where it is shown, a target stands in its place, of which it has no version.
            instrumentation: InstrumentationScope::builder(env!("CARGO_PKG_NAME")).build(),
            limits: logs.settings.limits,
        });
        let targets = logs.map(|logs| logs.settings.targets.clone());
        LogLayer::new(export).with_filter(Events(targets.unwrap_or_default()))
    }

    pub(super) const fn provider(&self) -> &SdkLoggerProvider {
        &self.provider
    }

    pub(super) fn statistics(&self) -> LogStatistics {
        self.queue.statistics()
    }

    pub(super) fn waiting(&self) -> u64 {
        self.queue.waiting()
    }

    /// Whether the exporting thread is done for good.
    pub(super) fn has_ended(&self) -> bool {
        self.queue.has_ended()
    }

    /// Asks for a flush, to be [waited for](Self::flushed).
    pub(super) fn flush(&self) -> Flush {
        Flush {
            failed: self.statistics().failed,
            number: self.queue.request_flush(),
        }
    }

    /// Whether what was there when it was asked for was exported within `timeout`, without a failure.
    pub(super) fn flushed(&self, flush: &Flush, timeout: Duration) -> bool {
        self.wait(Some(flush.number), timeout) && self.statistics().failed == flush.failed
    }

    /// Asks for the end, to be [waited for](Self::ended).
    pub(super) fn close(&self) {
        self.queue.request_close();
    }

    /// Whether everything was exported within `timeout`.
    pub(super) fn ended(&self, timeout: Duration) -> bool {
        let ended = self.wait(None, timeout);
        if ended && let Some(worker) = self.lock_worker().take() {
            // It has nothing left to do; whether it panicked, its panic has been told.
            let _ = worker.join();
        }
        ended
    }

    /// Waits for the exporting thread, unless this is it, or a fork of its process.
    fn wait(&self, number: Option<u64>, timeout: Duration) -> bool {
        if self.process != std::process::id() {
            return false;
        }
        let this = std::thread::current().id();
        let is_it = |worker: &JoinHandle<()>| worker.thread().id() == this;
        if self.lock_worker().as_ref().is_some_and(is_it) {
            return false;
        }
        self.queue.wait(number, timeout)
    }

    fn lock_worker(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A flush that was asked for.
pub(super) struct Flush {
    number: u64,
    failed: u64,
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs")
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}
