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
use std::sync::mpsc::Receiver;
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
use waiting::{Ending, Ends, Flushes};

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
    ends: Arc<Ends>,
    /// Where the exporting threads run.
    process: u32,
}

impl Running {
    /// Starts a thread for each exporter; nothing where there is none.
    pub(super) fn start(settings: &mut Settings, others: Vec<NamedExporter>) -> Option<Self> {
        let mut exporters = settings.make_metric_exporters();
        exporters.extend(others);
        if exporters.is_empty() {
            return None;
        }
        let ends = Arc::default();
        let provider = provider(&settings.metrics, settings.resource(), exporters, &ends);
        Some(Self {
            pipeline: Pipeline::new(meter(&provider)),
            provider,
            flushes: Flushes::default(),
            ending: Ending::default(),
            ends,
            process: std::process::id(),
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

    /// Begins to export what there is now.
    pub(super) fn begin_flush(&self) -> Flush<'_> {
        if self.is_forked() {
            return Flush::Impossible;
        }
        if self.ending.has_begun() {
            return Flush::Last(&self.ending);
        }
        let provider = self.provider.clone();
        let begun = self.flushes.begin(move || provider.force_flush().is_ok());
        begun.map_or(Flush::Impossible, Flush::Begun)
    }

    /// Begins to export for the last time, once. In a fork of its process, that has no exporting thread, never.
    pub(super) fn begin_shutdown(&self) {
        let is_begun = !self.is_forked() && {
            let (provider, ends) = (self.provider.clone(), Arc::clone(&self.ends));
            self.ending.begin(move || end(&provider, &ends)).is_ok()
        };
        if !is_begun {
            // The last one of a provider waits without end where it is dropped, so there is one that never is.
            mem::forget(self.provider.clone());
        }
    }

    /// Whether the last export was done without a failure, when it is or when the time is over.
    pub(super) fn wait_for_shutdown(&self, until: Instant) -> bool {
        !self.is_forked() && self.ending.wait(until).unwrap_or_default()
    }

    fn is_forked(&self) -> bool {
        self.process != std::process::id()
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

/// Ends a provider, and says whether its last export was done without a failure. Takes as long as its exporters do.
fn end(provider: &SdkMeterProvider, ends: &Ends) -> bool {
    /// How long the provider waits for an exporter, which then goes on by itself.
    const PATIENCE: Duration = Duration::from_secs(5);
    let start = Instant::now();
    provider.shutdown().is_ok() || (start.elapsed() >= PATIENCE && ends.wait())
}

/// A flush that was asked for.
pub(super) enum Flush<'a> {
    Begun(Receiver<bool>),
    /// The last export is it.
    Last(&'a Ending),
    Impossible,
}

impl Flush<'_> {
    /// Whether it was done without a failure, when it is or when the time is over.
    pub(super) fn wait(&self, until: Instant) -> bool {
        match self {
            Self::Begun(done) => {
                let left = until.saturating_duration_since(Instant::now());
                done.recv_timeout(left).unwrap_or_default()
            }
            Self::Last(ending) => ending.wait(until).unwrap_or_default(),
            Self::Impossible => false,
        }
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
    ends: &Arc<Ends>,
) -> SdkMeterProvider {
    let mut builder = SdkMeterProvider::builder().with_resource(resource);
    for exporter in exporters {
        let reader = PeriodicReader::builder(Exporting::new(exporter, ends))
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

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::metrics::InMemoryMetricExporter;

    use super::*;

    #[test]
    fn nobody_waits_in_a_fork_for_the_threads_of_its_parent() {
        let exporter = NamedExporter::new(InMemoryMetricExporter::default());
        let running = Running::start(&mut Settings::default(), vec![exporter]);
        let mut running = running.expect("there is an exporter");
        // No process of a program has this id.
        running.process = 0;
        let never = after(Duration::MAX);
        assert!(!running.begin_flush().wait(never));
        running.begin_shutdown();
        assert!(!running.ending.has_begun());
        assert!(!running.wait_for_shutdown(never));
    }
}
