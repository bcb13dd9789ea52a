//! [`OtelProvider`]: what exports the signals of a process.

use std::time::Duration;

use tracing::Subscriber;
use tracing_relay::telemetry::{Builder, Lost, Telemetry};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::error::OtelError;
use crate::events::TRACE_SAFE;
use crate::exporter::Destination;
use crate::memory::Kept;
use crate::settings::OtelSettings;

/// How long a shutdown may take that does not say it.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// What exports the signals of a process. Dropping it is a [shutdown](Self::shutdown) whose outcome is a warning in the
/// log.
///
/// ```
/// use otel_provider::{OtelExporter, OtelInMemory, OtelProvider, OtelSettings};
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// let memory = OtelInMemory::default();
/// let settings = OtelSettings {
///     trace_exporter: OtelExporter::InMemory(memory.clone()),
///     ..OtelSettings::default()
/// };
/// if let Some(provider) = OtelProvider::from(&settings)? {
///     let subscriber = tracing_subscriber::registry()
///         .with(provider.tracing_layer())
///         .with(provider.logger_layer());
///     tracing::subscriber::with_default(subscriber, || tracing::info_span!("turn").in_scope(|| {}));
///     provider.shutdown()?;
/// }
/// assert_eq!(memory.spans.get_finished_spans()?[0].name, "turn");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping it ends the export"]
#[derive(Debug)]
pub struct OtelProvider {
    telemetry: Telemetry,
}

impl OtelProvider {
    /// The provider that settings describe, with a thread for each signal that is exported. `None` where none is: no
    /// thread is started then. May be called outside and inside of every runtime.
    ///
    /// # Errors
    ///
    /// An exporter cannot be used as it is set, a secret is not in the environment, or the system has no thread left.
    pub fn from(settings: &OtelSettings) -> Result<Option<Self>, OtelError> {
        if settings.are_off() {
            return Ok(None);
        }
        let home = &settings.home;
        let mut builder = Telemetry::builder(&settings.service_name)
            .with_attribute("service.version", &settings.service_version)
            .with_attribute("deployment.environment.name", &settings.environment);
        builder = match settings.exporter.destination("exporter", home)? {
            Destination::Nowhere => builder,
            Destination::Otlp(collector) => builder.with_logs_otlp(*collector),
            Destination::InMemory(memory) => builder.with_log_exporter(Kept(memory.logs)),
        };
        builder = match settings
            .trace_exporter
            .destination("trace_exporter", home)?
        {
            Destination::Nowhere => builder,
            Destination::Otlp(collector) => builder.with_otlp(*collector),
            Destination::InMemory(memory) => builder.with_exporter(Kept(memory.spans)),
        };
        let metrics = &settings.metrics_exporter;
        builder = match metrics.destination("metrics_exporter", home)? {
            Destination::Nowhere => builder,
            Destination::Otlp(collector) => builder.with_metrics_otlp(*collector),
            Destination::InMemory(memory) => builder.with_metric_exporter(memory.metrics),
        };
        Self::build(builder).map(Some)
    }

    /// The provider that the standard variables describe: `OTEL_EXPORTER_OTLP_ENDPOINT` and its siblings.
    ///
    /// # Errors
    ///
    /// The system has no thread left.
    pub fn from_env() -> Result<Self, OtelError> {
        Self::build(Telemetry::from_env())
    }

    fn build(builder: Builder) -> Result<Self, OtelError> {
        let shown = Targets::new().with_target(TRACE_SAFE, LevelFilter::INFO);
        // What is safe in traces is in the log already, with more beside it.
        let logged = Targets::new()
            .with_default(LevelFilter::INFO)
            .with_target(TRACE_SAFE, LevelFilter::OFF);
        let telemetry = builder
            .with_event_targets(shown)
            .with_log_targets(logged)
            .build()
            .map_err(OtelError::Thread)?;
        Ok(Self { telemetry })
    }

    /// The layer that exports events as log records; nothing wants any where they go nowhere.
    pub fn logger_layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.telemetry.logs_layer()
    }

    /// The layer that records spans, and by which metrics are found.
    pub fn tracing_layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.telemetry.layer()
    }

    /// What is wrong with the settings and was passed over: a file that cannot be read, a variable that cannot be used.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        self.telemetry.settings().warnings()
    }

    /// Exports what waits, for the last time, within five seconds.
    ///
    /// # Errors
    ///
    /// As those of [`shutdown_within`](Self::shutdown_within).
    pub fn shutdown(&self) -> Result<(), Lost> {
        self.shutdown_within(SHUTDOWN_TIMEOUT)
    }

    /// Exports what waits, for the last time, and stops the exporters. Returns in this time, also where a collector
    /// does not answer. A further call says the same again.
    ///
    /// # Errors
    ///
    /// Something was lost since the beginning, or may be lost now.
    pub fn shutdown_within(&self, timeout: Duration) -> Result<(), Lost> {
        self.telemetry.shutdown(timeout)
    }

    /// Exports the metrics for the last time, within five seconds. Logs and traces go on.
    ///
    /// # Errors
    ///
    /// As those of [`shutdown_metrics_within`](Self::shutdown_metrics_within).
    pub fn shutdown_metrics(&self) -> Result<(), OtelError> {
        self.shutdown_metrics_within(SHUTDOWN_TIMEOUT)
    }

    /// The same within this time.
    ///
    /// # Errors
    ///
    /// The metrics were refused, or not exported in time.
    pub fn shutdown_metrics_within(&self, timeout: Duration) -> Result<(), OtelError> {
        if self.telemetry.shutdown_metrics(timeout) {
            return Ok(());
        }
        Err(OtelError::Metrics)
    }
}
