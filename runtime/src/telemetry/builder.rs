//! [`Builder`]: what a [`Telemetry`] is made of.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use opentelemetry_sdk::logs::LogExporter;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::SpanExporter;
use tracing_log::LogTracer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use super::Telemetry;
use super::console::Console;
use super::doctor::Collector;
use super::logs::{self, LogLimits, LogQueueLimits, Logs};
use super::metrics::{self, NamedExporter};
use super::otlp::OtlpSettings;
use super::pipelines::Pipelines;
use super::settings::{Exporter, Settings};
use super::several::{Export, Several};
use crate::engine::{self, Engine, Limits, QueueLimits, Sampler};

/// The settings of a [`Telemetry`], made by [`Telemetry::from_env`] or [`Telemetry::builder`]. Of a setting that is made
/// twice the last counts; exporters are added.
#[must_use = "settings do nothing until they are built"]
#[derive(Debug)]
pub struct Builder {
    settings: Settings,
    exporters: Vec<Box<dyn Export>>,
    metric_exporters: Vec<NamedExporter>,
    level: LevelFilter,
    /// Which events are in the traces.
    events: Targets,
    log_exporters: Vec<Box<dyn logs::Export>>,
}

impl Builder {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            exporters: Vec::new(),
            metric_exporters: Vec::new(),
            level: LevelFilter::INFO,
            events: Targets::new(),
            log_exporters: Vec::new(),
        }
    }

    /// The name of the service.
    pub fn with_service_name(mut self, name: impl Into<String>) -> Self {
        self.settings.service_name = Some(name.into());
        self
    }

    /// An attribute of the resource: what all signals are about.
    pub fn with_attribute(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.set_attribute(key.into(), value.into());
        self
    }

    /// Sends spans to a collector, beside what else there is.
    pub fn with_otlp(mut self, collector: OtlpSettings) -> Self {
        let exporter = Exporter::Otlp(Box::new(collector));
        self.settings.exporters.push(exporter);
        self
    }

    /// Shows spans as trees on standard error, a batch at a time, beside what else there is.
    pub fn with_console(mut self) -> Self {
        self.settings.exporters.push(Exporter::Console);
        self
    }

    /// Any exporter for the SDK of OpenTelemetry, beside what else there is; that in memory of `opentelemetry_sdk` for
    /// one. It runs on the exporting thread, outside of every runtime, after those that settings name, and it waits for them.
    /// A batch that one of several refuses counts as failed.
    pub fn with_exporter(mut self, exporter: impl SpanExporter + 'static) -> Self {
        self.exporters.push(Box::new(exporter));
        self
    }

    /// Takes away all exporters that there are so far, of all signals, also those that variables name.
    pub fn without_exporters(mut self) -> Self {
        self.settings.exporters.clear();
        self.exporters.clear();
        self.settings.metric_exporters.clear();
        self.metric_exporters.clear();
        self.settings.logs.exporters.clear();
        self.log_exporters.clear();
        self
    }

    /// Sends metrics to a collector, beside what else there is. Its URL is that for metrics:
    /// `http://localhost:4318/v1/metrics`, for example.
    pub fn with_metrics_otlp(mut self, collector: OtlpSettings) -> Self {
        let exporter = Exporter::Otlp(Box::new(collector));
        self.settings.metric_exporters.push(exporter);
        self
    }

    /// Shows metrics as lines on standard error, beside what else there is.
    pub fn with_metrics_console(mut self) -> Self {
        self.settings.metric_exporters.push(Exporter::Console);
        self
    }

    /// Any exporter of metrics for the SDK of OpenTelemetry, beside what else there is. It runs on a thread of its own, outside
    /// of every runtime, and has to end by itself. Where it panics, it gets the next metrics all the same. At a flush and at the
    /// end one exporter is waited for after the other.
    pub fn with_metric_exporter(mut self, exporter: impl PushMetricExporter) -> Self {
        self.metric_exporters.push(NamedExporter::new(exporter));
        self
    }

    /// How often metrics are exported; once a minute unless set. Zero leaves it.
    pub fn with_metric_interval(mut self, interval: Duration) -> Self {
        self.settings.metrics.set_interval(interval);
        self
    }

    /// How long one export of metrics to a collector may take at most, also where the collector's own timeout is longer; 30
    /// seconds unless set.
    pub fn with_metric_timeout(mut self, timeout: Duration) -> Self {
        self.settings.metrics.set_timeout(timeout);
        self
    }

    /// Whether collectors, and the console, get sums since the beginning or since the last export; since the beginning
    /// unless set. An exporter of one's own says it itself.
    pub fn with_metric_temporality(mut self, temporality: Temporality) -> Self {
        self.settings.metrics.set_temporality(temporality);
        self
    }

    /// Which spans are recorded.
    pub fn with_sampler(mut self, sampler: impl Into<Sampler>) -> Self {
        self.settings.sampler = sampler.into();
        self
    }

    /// How much of one span is kept.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// How spans wait for their export.
    pub fn with_queue(mut self, queue: QueueLimits) -> Self {
        self.settings.queue = queue;
        self
    }

    /// How long one batch of spans or log records may take at most, also where the collector's own timeout is longer; 30
    /// seconds unless set. [`with_metric_timeout`](Self::with_metric_timeout) is that for metrics.
    pub fn with_export_timeout(mut self, timeout: Duration) -> Self {
        self.settings.export_timeout = timeout;
        self.settings.logs.export_timeout = timeout;
        self
    }

    /// Down to which level spans and their events are exported; `INFO` unless set. `RUST_LOG` has no part in it: whoever
    /// turns the log down keeps the traces.
    pub fn with_level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// Which events of `tracing` are in the traces too, of those that [`with_level`](Self::with_level) lets through: an
    /// allow-list of targets with their levels, of which a target also stands for those that begin with it. None unless set.
    /// Events are log records, with the ids of their spans, and what is said in one, a prompt or a secret, comes to whoever
    /// reads traces only where it is meant to.
    ///
    /// An event of level `ERROR` that is not in the list still marks its span as failed, without a word of it;
    /// [`engine::Builder::with_event_targets`](crate::engine::Builder::with_event_targets) has the rest.
    ///
    /// ```
    /// use tracing_relay::telemetry::Telemetry;
    /// use tracing_subscriber::filter::{LevelFilter, Targets};
    ///
    /// let shown = Targets::new().with_target("orders::audit", LevelFilter::INFO);
    /// let builder = Telemetry::builder("orders").with_event_targets(shown);
    /// # drop(builder);
    /// ```
    pub fn with_event_targets(mut self, events: Targets) -> Self {
        self.events = events;
        self
    }

    /// Sends log records to a collector, beside what else there is. The URL is that for logs, `…/v1/logs` for most.
    pub fn with_logs_otlp(mut self, collector: OtlpSettings) -> Self {
        let exporter = Exporter::Otlp(Box::new(collector));
        self.settings.logs.exporters.push(exporter);
        self
    }

    /// Shows log records on standard error as they are exported, a line each, beside what else there is. The lines that
    /// [`Telemetry::stderr_layer`] writes come at once, and not a batch at a time.
    pub fn with_logs_console(mut self) -> Self {
        self.settings.logs.exporters.push(Exporter::Console);
        self
    }

    /// Any exporter of log records for the SDK of OpenTelemetry, beside what else there is; it runs as one of
    /// [spans](Self::with_exporter) does, on the thread for log records.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use opentelemetry_sdk::logs::InMemoryLogExporter;
    /// use tracing_relay::telemetry::Telemetry;
    /// use tracing_subscriber::layer::SubscriberExt as _;
    ///
    /// let logs = InMemoryLogExporter::default();
    /// let telemetry = Telemetry::builder("orders").with_log_exporter(logs.clone()).build()?;
    /// let subscriber = tracing_subscriber::registry().with(telemetry.logs_layer());
    /// tracing::subscriber::with_default(subscriber, || tracing::info!(order = 7, "shipped"));
    ///
    /// assert!(telemetry.flush(Duration::from_secs(5)));
    /// let logs = logs.get_emitted_logs()?;
    /// assert_eq!(logs[0].record.body(), Some(&"shipped".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_log_exporter(mut self, exporter: impl LogExporter + 'static) -> Self {
        self.log_exporters.push(Box::new(logs::ForSdk(exporter)));
        self
    }

    /// Which events are exported as log records, by their targets and levels; from `INFO` on unless set. `RUST_LOG` has no
    /// part in it: whoever turns the lines on standard error down keeps the records, and whoever turns them up does not pay
    /// for them.
    pub fn with_log_targets(mut self, targets: Targets) -> Self {
        self.settings.logs.targets = targets;
        self
    }

    /// How log records wait for their export.
    pub fn with_log_queue(mut self, queue: LogQueueLimits) -> Self {
        self.settings.logs.queue = queue;
        self
    }

    /// How much of one log record is kept.
    pub fn with_log_limits(mut self, limits: LogLimits) -> Self {
        self.settings.logs.limits = limits;
        self
    }

    /// Whether nothing is recorded, as with `OTEL_SDK_DISABLED`.
    pub fn with_disabled(mut self, disabled: bool) -> Self {
        self.settings.disabled = disabled;
        self
    }

    /// The pieces, for a subscriber of one's own. Nothing of the process is changed; where there is an exporter of a signal,
    /// its thread is started. May be called anywhere: outside and inside of every runtime.
    ///
    /// An exporter that cannot be made, because a file with a certificate cannot be read for one, is left out, with a
    /// [warning](Settings::warnings).
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub fn build(self) -> io::Result<Telemetry> {
        let Self {
            mut settings,
            mut exporters,
            metric_exporters,
            level,
            events,
            log_exporters,
        } = self;
        let mut pipelines = None;
        let mut collectors = Vec::new();
        let has_others = !exporters.is_empty();
        if !settings.disabled {
            let mut all = settings.make_exporters(&mut collectors);
            all.append(&mut exporters);
            let exports = !all.is_empty();
            let builder = builder_of(&settings, all).with_event_targets(events);
            let engine = builder.build()?;
            // Before the metrics, whose threads are not ended by an error.
            let logs = settings.start_logs(log_exporters)?;
            let metrics = metrics::Running::start(&mut settings, metric_exporters);
            if let (Some(metrics), true) = (&metrics, exports) {
                metrics.watch(&engine);
            }
            pipelines = Some(Arc::new(Pipelines {
                engine,
                exports,
                metrics,
                logs,
            }));
        }
        Ok(Telemetry {
            pipelines,
            collectors,
            has_others,
            settings,
            level,
            was_shut_down: AtomicBool::new(false),
        })
    }

    /// Makes it the tracing of the process: [`build`](Self::build), a global subscriber of [`Telemetry::layer`],
    /// [`Telemetry::logs_layer`] and [`Telemetry::stderr_layer`], [`Telemetry::install_propagators`], and
    /// [`Telemetry::install_meter_provider`]. What is logged with the crate `log` goes there too, unless that has a logger. Then
    /// the log has the warnings of the settings.
    ///
    /// # Errors
    ///
    /// There is a global subscriber already, or the system cannot start a thread.
    pub fn init(self) -> Result<Telemetry, InitError> {
        let telemetry = self.build().map_err(InitError::Thread)?;
        let subscriber = tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(telemetry.logs_layer())
            .with(telemetry.stderr_layer());
        tracing::subscriber::set_global_default(subscriber).map_err(|_| InitError::AlreadySet)?;
        // A logger that is there was set by somebody who wants it.
        let _ = LogTracer::init();
        telemetry.install_propagators();
        telemetry.install_meter_provider();
        for warning in telemetry.settings.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(telemetry)
    }
}

fn builder_of(settings: &Settings, exporters: Vec<Box<dyn Export>>) -> engine::Builder {
    let builder = Engine::builder()
        .with_resource(settings.resource())
        .with_sampler(settings.sampler.clone())
        .with_limits(settings.limits)
        .with_queue(settings.queue)
        .with_patience(Duration::ZERO);
    if exporters.is_empty() {
        return builder;
    }
    builder.with_exporter(Several(exporters))
}

impl Settings {
    /// The export of log records, if there is anybody who takes them.
    fn start_logs(&mut self, mut others: Vec<Box<dyn logs::Export>>) -> io::Result<Option<Logs>> {
        let mut all: Vec<Box<dyn logs::Export>> = Vec::new();
        let settings = &self.logs;
        for exporter in &settings.exporters {
            match exporter {
                Exporter::Console => all.push(Box::new(logs::Console)),
                Exporter::Otlp(collector) => {
                    match collector.log_exporter(settings.export_timeout) {
                        Ok(exporter) => all.push(Box::new(exporter)),
                        Err(error) => self
                            .warnings
                            .push(format!("no log record is sent to a collector: {error}")),
                    }
                }
            }
        }
        all.append(&mut others);
        if all.is_empty() {
            return Ok(None);
        }
        Logs::start(settings, all, self.resource()).map(Some)
    }

    /// Those that can be made; the others are warnings. Those that are sent to a collector are seen.
    fn make_exporters(&mut self, collectors: &mut Vec<Collector>) -> Vec<Box<dyn Export>> {
        let mut made: Vec<Box<dyn Export>> = Vec::new();
        for exporter in &self.exporters {
            match exporter {
                Exporter::Console => made.push(Box::new(Console)),
                Exporter::Otlp(collector) => match collector.exporter(self.export_timeout) {
                    Ok(exporter) => {
                        collectors.push(Collector {
                            place: collector.place(),
                            witness: Arc::clone(exporter.witness()),
                        });
                        made.push(Box::new(exporter));
                    }
                    Err(error) => self
                        .warnings
                        .push(format!("no span is sent to a collector: {error}")),
                },
            }
        }
        made
    }
}

/// Why [`Builder::init`] did nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum InitError {
    /// There is a global subscriber already. Put [`Telemetry::layer`] and [`Telemetry::logs_layer`] into it, or let this be the
    /// only one that is set.
    AlreadySet,
    /// The system cannot start the exporting thread.
    Thread(io::Error),
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadySet => f.write_str(
                "a global subscriber is set already: put `Telemetry::layer` and `Telemetry::logs_layer` into it, or call `init` before",
            ),
            Self::Thread(_) => f.write_str("the exporting thread cannot be started"),
        }
    }
}

impl Error for InitError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::AlreadySet => None,
            Self::Thread(error) => Some(error),
        }
    }
}
