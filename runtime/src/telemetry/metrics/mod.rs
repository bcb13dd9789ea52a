//! [`Running`]: the metrics of a [`Telemetry`](super::Telemetry), from the instruments to the exporters.
//!
//! The provider and its readers are the SDK's. A reader has a thread for each exporter, and waits for it without end where it
//! is told to flush or to shut down. So it is told on a thread of its own, and waited for here as long as there is time.

mod console;
mod export;
mod losses;
mod settings;
mod waiting;

use std::fmt;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{
    Aggregation, Instrument, InstrumentKind, PeriodicReader, SdkMeterProvider, Stream,
};

pub(super) use export::NamedExporter;
pub(super) use settings::MetricSettings;

use console::Console;
use export::Exporting;
use waiting::{Ending, Flushes};

use super::settings::{Exporter, Settings};
use crate::engine::Engine;
use crate::metrics::Pipeline;
use crate::otlp::MetricsOtlp;

/// Metrics that are exported.
pub(super) struct Running {
    provider: SdkMeterProvider,
    pipeline: Arc<Pipeline>,
    flushes: Flushes,
    ending: Ending,
}

impl Running {
    /// Starts a thread for each exporter; nothing where there is none.
    pub(super) fn start(settings: &mut Settings, others: Vec<NamedExporter>) -> Option<Self> {
        let mut exporters = settings.make_metric_exporters();
        exporters.extend(others);
        if exporters.is_empty() {
            return None;
        }
        let provider = provider(&settings.metrics, settings.resource(), exporters);
        Some(Self {
            pipeline: Pipeline::new(meter(&provider)),
            provider,
            flushes: Flushes::default(),
            ending: Ending::default(),
        })
    }

    pub(super) fn pipeline(&self) -> Arc<Pipeline> {
        Arc::clone(&self.pipeline)
    }

    /// Lets what the engine loses be a metric.
    pub(super) fn watch(&self, engine: &Engine) {
        losses::observe(&meter(&self.provider), engine);
    }

    /// For libraries that use OpenTelemetry's API.
    pub(super) fn install(&self) {
        opentelemetry::global::set_meter_provider(self.provider.clone());
    }

    /// Begins to export what there is now; `None` where that cannot begin.
    pub(super) fn begin_flush(&self) -> Option<Flush> {
        let provider = self.provider.clone();
        let done = self.flushes.begin(move || provider.force_flush().is_ok())?;
        Some(Flush(done))
    }

    /// Begins to export for the last time, once.
    pub(super) fn begin_shutdown(&self) {
        let provider = self.provider.clone();
        let begun = self.ending.begin(move || provider.shutdown().is_ok());
        if begun.is_err() {
            // The last one of a provider waits without end where it is dropped, so there is one that never is.
            mem::forget(self.provider.clone());
        }
    }

    /// Whether the last export was done without a failure, when it is or when the time is over.
    pub(super) fn wait_for_shutdown(&self, until: Instant) -> bool {
        self.ending.wait(until).unwrap_or_default()
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

/// A flush that was begun.
pub(super) struct Flush(std::sync::mpsc::Receiver<bool>);

impl Flush {
    /// Whether it was done without a failure, when it is or when the time is over.
    pub(super) fn wait(&self, until: Instant) -> bool {
        let left = until.saturating_duration_since(Instant::now());
        self.0.recv_timeout(left).unwrap_or_default()
    }
}

/// The moment at which a time is over, also one that is longer than clocks go.
pub(super) fn after(timeout: Duration) -> Instant {
    const LONG: Duration = Duration::from_secs(60 * 60 * 24 * 365);
    Instant::now() + timeout.min(LONG)
}

fn meter(provider: &SdkMeterProvider) -> Meter {
    provider.meter(env!("CARGO_PKG_NAME"))
}

fn provider(
    settings: &MetricSettings,
    resource: Resource,
    exporters: Vec<NamedExporter>,
) -> SdkMeterProvider {
    let mut builder = SdkMeterProvider::builder().with_resource(resource);
    for exporter in exporters {
        let reader = PeriodicReader::builder(Exporting::new(exporter))
            .with_interval(settings.interval)
            .build();
        builder = builder.with_reader(reader);
    }
    if settings.exponential {
        builder = builder.with_view(exponential);
    }
    builder.build()
}

/// A histogram whose buckets are powers, as the specification sizes it.
fn exponential(instrument: &Instrument) -> Option<Stream> {
    (instrument.kind() == InstrumentKind::Histogram)
        .then(|| {
            let aggregation = Aggregation::Base2ExponentialHistogram {
                max_size: 160,
                max_scale: 20,
                record_min_max: true,
            };
            Stream::builder().with_aggregation(aggregation).build().ok()
        })
        .flatten()
}

impl Settings {
    /// Those that can be made; the others are warnings.
    fn make_metric_exporters(&mut self) -> Vec<NamedExporter> {
        let mut made = Vec::new();
        let temporality = self.metrics.temporality;
        for exporter in &self.metric_exporters {
            match exporter {
                Exporter::Console => made.push(NamedExporter::new(Console { temporality })),
                Exporter::Otlp(collector) => {
                    let destination = collector.destination(self.metrics.timeout);
                    match MetricsOtlp::new(destination, temporality) {
                        Ok(exporter) => made.push(NamedExporter::new(exporter)),
                        Err(error) => self
                            .warnings
                            .push(format!("no metric is sent to a collector: {error}")),
                    }
                }
            }
        }
        made
    }
}
