//! [`Builder`]: what a [`Telemetry`] is made of.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use opentelemetry_sdk::trace::SpanExporter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::Telemetry;
use super::console::Console;
use super::doctor::Collector;
use super::otlp::OtlpSettings;
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
    level: LevelFilter,
}

impl Builder {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            exporters: Vec::new(),
            level: LevelFilter::INFO,
        }
    }

    /// The name of the service.
    pub fn with_service_name(mut self, name: impl Into<String>) -> Self {
        self.settings.service_name = Some(name.into());
        self
    }

    /// An attribute of the resource: what all spans are about.
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

    /// Takes away all exporters that there are so far, also those that variables name.
    pub fn without_exporters(mut self) -> Self {
        self.settings.exporters.clear();
        self.exporters.clear();
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

    /// How long one batch may take at most, also where that of the collector is longer; 30 seconds unless set.
    pub fn with_export_timeout(mut self, timeout: Duration) -> Self {
        self.settings.export_timeout = timeout;
        self
    }

    /// Down to which level spans and their events are exported; `INFO` unless set. `RUST_LOG` has no part in it: whoever
    /// turns the log down keeps the traces.
    pub fn with_level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// Whether nothing is recorded, as with `OTEL_SDK_DISABLED`.
    pub fn with_disabled(mut self, disabled: bool) -> Self {
        self.settings.disabled = disabled;
        self
    }

    /// The pieces, for a subscriber of one's own. Nothing of the process is changed; where there is an exporter, its
    /// thread is started. May be called anywhere: outside and inside of every runtime.
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
            level,
        } = self;
        let mut engine = None;
        let mut exports = false;
        let mut collectors = Vec::new();
        let has_others = !exporters.is_empty();
        if !settings.disabled {
            let mut all = settings.make_exporters(&mut collectors);
            all.append(&mut exporters);
            exports = !all.is_empty();
            let builder = builder_of(&settings, all);
            engine = Some(Arc::new(builder.build()?));
        }
        Ok(Telemetry {
            engine,
            exports,
            collectors,
            has_others,
            settings,
            level,
            was_shut_down: AtomicBool::new(false),
        })
    }

    /// Makes it the tracing of the process: [`build`](Self::build), a global subscriber of [`Telemetry::layer`] and
    /// [`Telemetry::log_layer`], and [`Telemetry::install_propagators`]. Then the log has the warnings of the settings.
    ///
    /// # Errors
    ///
    /// There is a global subscriber already, or the system cannot start a thread.
    pub fn init(self) -> Result<Telemetry, InitError> {
        let telemetry = self.build().map_err(InitError::Thread)?;
        let subscriber = tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(telemetry.log_layer());
        tracing::subscriber::set_global_default(subscriber).map_err(|_| InitError::AlreadySet)?;
        telemetry.install_propagators();
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
    /// There is a global subscriber already. Put [`Telemetry::layer`] into it, or let this be the only one that is set.
    AlreadySet,
    /// The system cannot start the exporting thread.
    Thread(io::Error),
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadySet => f.write_str(
                "a global subscriber is set already: put `Telemetry::layer` into it, or call `init` before",
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
