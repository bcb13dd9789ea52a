//! [`Telemetry`]: traces, metrics and logs set up from the environment, and shut down at the end.
//!
//! ```no_run
//! use tracing_relay::telemetry::Telemetry;
//! use tracing_relay::traced;
//!
//! #[traced]
//! fn serve() {}
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _telemetry = Telemetry::from_env().init()?;
//!     serve();
//!     Ok(())
//! }
//! ```
//!
//! That is all: spans, metrics and log records go to the collector at `http://localhost:4318` or wherever the variables say, log lines to
//! standard error with the fields and the trace of the span that they are in, and what has ended at the end of `main` is
//! exported before the process ends. The [engine](crate::engine) records spans; a thread for each signal exports. So it is the
//! same outside of tokio and inside of every runtime, and a collector that is down costs nothing but what it does not get, which
//! is counted.
//!
//! # Metrics
//!
//! [Metrics](crate::metrics) go the same way, once a minute and at the end: those of instruments, the durations of annotated
//! functions, those of libraries on OpenTelemetry's API, and what became of spans, as `otel.sdk.processor.span.processed` and
//! `otel.sdk.exporter.span.exported`. Each exporter of metrics has a thread; without one there are no metrics.
//!
//! # Logs
//!
//! Events of `tracing`, also those of libraries, and what is logged with the crate `log` become log records of OpenTelemetry:
//! [`Telemetry::logs_layer`] says what is in them. A record has the ids of the span that it is in, with which a backend shows it
//! beside its trace. The events themselves are not in the traces, unless [`Builder::with_event_targets`] allows their targets: who
//! may see traces is not always meant to see what is said in a log.
//!
//! ```
//! use opentelemetry_sdk::logs::InMemoryLogExporter;
//! use tracing_relay::telemetry::Telemetry;
//! use tracing_subscriber::filter::{LevelFilter, Targets};
//!
//! let shown = Targets::new().with_target("orders::audit", LevelFilter::INFO);
//! let logged = Targets::new()
//!     .with_default(LevelFilter::INFO)
//!     .with_target("orders::prompts", LevelFilter::OFF);
//! let telemetry = Telemetry::builder("orders")
//!     .with_log_exporter(InMemoryLogExporter::default())
//!     .with_event_targets(shown)
//!     .with_log_targets(logged)
//!     .build()?;
//! # drop(telemetry);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Records wait in a queue of their own, within [`LogQueueLimits`]. One that finds no room is dropped, and one that an exporter
//! refuses has failed; [`Telemetry::log_statistics`] counts both, [`Lost`] has them at the end, and the log lines have a warning
//! about them at most once a minute, which is no record itself. A process that was forked has no exporting thread, and nobody
//! waits there.
//!
//! # Piece by piece
//!
//! [`Builder::build`] changes nothing of the process; its pieces go into a subscriber of one's own:
//!
//! ```
//! use std::time::Duration;
//!
//! use opentelemetry_sdk::trace::InMemorySpanExporter;
//! use tracing_relay::telemetry::Telemetry;
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! #[tracing_relay::traced]
//! fn step() {}
//!
//! let spans = InMemorySpanExporter::default();
//! let telemetry = Telemetry::builder("orders").with_exporter(spans.clone()).build()?;
//! let subscriber = tracing_subscriber::registry().with(telemetry.layer());
//! tracing::subscriber::with_default(subscriber, step);
//!
//! assert!(telemetry.flush(Duration::from_secs(5)));
//! assert_eq!(spans.get_finished_spans()?[0].name, "step");
//! telemetry.shutdown(Duration::from_secs(5))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # gRPC
//!
//! With the feature `grpc` and `OTEL_EXPORTER_OTLP_PROTOCOL=grpc`, or `OtlpSettings::grpc`, what is said here of HTTP holds for gRPC too: in
//! every runtime and outside, with gzip, certificates and deadlines. Headers are metadata. A batch is sent again where OTLP names the code of
//! the answer, and where the collector has no room only if it says when it will. An endpoint is a URL, whose path does not count, or
//! `host:port`, which is over TLS unless `OTEL_EXPORTER_OTLP_INSECURE` is `true`. `HTTPS_PROXY` is used over TLS; in the clear there is no proxy.
//!
//! # The variables
//!
//! As OpenTelemetry specifies them: an empty variable is an unset one, names count in any case, and a value that cannot be used is
//! ignored, with a [warning](Settings::warnings) that names the variable and not the value. Variables for one signal come
//! before those for all. [`VARIABLES`] has the same table as data.
//!
#![doc = include_str!("variables.md")]
//!
//! [`Telemetry::print_settings`] shows what was understood, without secrets; [`Telemetry::doctor`] says why there are no traces; of
//! metrics and logs it says what is wrong with their settings.

mod builder;
mod console;
mod doctor;
mod logs;
mod metrics;
mod otlp;
mod pipelines;
mod protocol;
mod reader;
mod settings;
mod several;
mod signal;
mod signals;
#[cfg(test)]
mod tests;
mod variables;

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, fmt as lines};

pub use builder::{Builder, InitError};
pub use logs::{LogLimits, LogQueueLimits, LogStatistics};
pub use otlp::OtlpSettings;
pub use pipelines::{Lost, LostLogs};
pub use protocol::OtlpProtocol;
pub use settings::Settings;
pub use variables::{VARIABLES, Variable};

use crate::engine::Statistics;
use crate::metrics::MetricsLayer;
use logs::Logs;
use pipelines::Pipelines;
use settings::Propagator;

/// The traces, metrics and logs of a process. Keep it to the end of `main`: dropping it is [`shutdown`](Self::shutdown) with five seconds,
/// unless that was called. So what has ended is exported also where `main` panics and unwinds.
///
/// Where nothing is dropped, what still waits is lost, a second's worth of spans and log records and a minute's of metrics
/// unless variables say otherwise: with
/// [`std::process::exit`], where it is in a `static` or was leaked, with `panic = "abort"`, and where a signal ends the process. Call
/// [`shutdown`](Self::shutdown) before, or [`shutdown_on_signals`](Self::shutdown_on_signals). A process that this one starts
/// (`std::process::Command`, `tokio::process`) has nothing to do with it, and sets up its own.
#[must_use = "dropping it ends the export"]
#[derive(Debug)]
pub struct Telemetry {
    /// None where it is disabled.
    pipelines: Option<Arc<Pipelines>>,
    /// Those whose answers are seen.
    collectors: Vec<doctor::Collector>,
    /// Whether there are exporters whose answers are not.
    has_others: bool,
    settings: Settings,
    level: LevelFilter,
    /// Whether somebody waited for the end already.
    was_shut_down: AtomicBool,
}

impl Telemetry {
    /// Settings as the environment says, which is read now: the [module](self) has the table.
    pub fn from_env() -> Builder {
        Self::from_variables(|name| {
            // Octets that are no UTF-8 become a character that no setting but a text takes.
            Some(std::env::var_os(name)?.to_string_lossy().into_owned())
        })
    }

    /// The same with variables from elsewhere: `lookup` gives a value by its name.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Builder {
        Builder::new(Settings::read(lookup))
    }

    /// Settings for a service of this name, without the environment, and without an exporter.
    pub fn builder(service_name: impl Into<String>) -> Builder {
        Builder::new(Settings::default()).with_service_name(service_name)
    }

    /// The layer that records spans, from [`Builder::with_level`] on, and by which [metrics](crate::metrics) are found;
    /// nothing where it is disabled.
    pub fn layer<S>(&self) -> Option<impl Layer<S> + Send + Sync + use<S>>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let Pipelines {
            engine, metrics, ..
        } = &**self.pipelines.as_ref()?;
        let metrics = metrics.as_ref().map(metrics::Running::pipeline);
        let metrics = MetricsLayer::new(metrics).filtered();
        // In this order: directly above a registry the level of the last one is taken for that of both.
        Some(metrics.and_then(engine.filtered_layer(self.level)))
    }

    /// The layer that exports events as log records, those that [`Builder::with_log_targets`] names; it wants none where it is
    /// disabled, or where log records have no exporter. It filters for itself, and wants no spans.
    ///
    /// A record has the ids and the flags of the span that its event is in, whatever records that span: the engine of this
    /// layer, another engine, or tracing-opentelemetry. Inside of a [scope](crate::scope) it is that of the application. Its body
    /// is the message, its attributes are the fields with their types, and `code.file.path` and `code.line.number`; an error
    /// that is recorded as one is in `exception.message` too, and what it came from in `exception.stacktrace`. The target is
    /// the name of the instrumentation scope, as OpenTelemetry has it for what other log libraries call a logger. An event that
    /// was given a name, `info!(name: "order.shipped", …)`, has it as its event name.
    ///
    /// An event costs a record with its texts, and a lock that is held for a moment. Put it into the subscriber as it is: inside
    /// of an `Option`, a `Vec` or `tracing_subscriber::reload` it does not know its subscriber, and finds neither the span that
    /// an event names as its parent nor those of tracing-opentelemetry without context activation.
    pub fn logs_layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        Logs::layer(self.logs())
    }

    /// The layer that writes log lines to standard error, as `RUST_LOG` says, from `INFO` on unless it does. It filters for
    /// itself and leaves other layers alone.
    pub fn stderr_layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        lines::layer()
            .with_writer(io::stderr)
            .with_ansi(false)
            .with_filter(self.settings.log.clone())
    }

    /// Sets what code on OpenTelemetry's API passes traces on with, for the whole process, as `OTEL_PROPAGATORS` says. The
    /// attributes need nothing of it.
    pub fn install_propagators(&self) {
        let propagators = self.settings.propagators.iter().map(|propagator| {
            let propagator: Box<dyn TextMapPropagator + Send + Sync> = match propagator {
                Propagator::TraceContext => Box::new(TraceContextPropagator::new()),
                Propagator::Baggage => Box::new(BaggagePropagator::new()),
            };
            propagator
        });
        let all = TextMapCompositePropagator::new(propagators.collect());
        opentelemetry::global::set_text_map_propagator(all);
    }

    /// Makes the metrics those of OpenTelemetry's API too, for the whole process and for libraries that use that. Those of this
    /// crate need nothing of it.
    pub fn install_meter_provider(&self) {
        if let Some(metrics) = self.pipelines.as_ref().and_then(|all| all.metrics.as_ref()) {
            metrics.install();
        }
    }

    /// What was understood of the settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Writes to standard error what was understood of the settings, without secrets. Where nobody reads that, nothing
    /// happens.
    pub fn print_settings(&self) {
        // It is a service to whoever looks, and no reason for a program to end.
        let _ = writeln!(io::stderr(), "{}", self.settings);
    }

    /// What was done with spans so far; nothing where it is disabled or has no exporter.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let pipelines = self.pipelines.as_ref();
        pipelines.map_or_else(Statistics::default, |pipelines| pipelines.statistics())
    }

    /// What was done with log records so far; nothing where it is disabled or has no exporter for them.
    #[must_use]
    pub fn log_statistics(&self) -> LogStatistics {
        self.logs().map(Logs::statistics).unwrap_or_default()
    }

    /// The provider for code that logs through the API of OpenTelemetry, and for bridges from other log libraries; nothing
    /// where it is disabled or has no exporter for log records. Limits for attributes do not hold for these records. Its
    /// shutdown asks for a flush, and the export ends with this.
    #[must_use]
    pub fn logger_provider(&self) -> Option<SdkLoggerProvider> {
        self.logs().map(|logs| logs.provider().clone())
    }

    /// Exports what has ended and what was logged until now, and the metrics, and says whether that was done within `timeout`, without a
    /// failure. Blocks this thread and no other.
    pub fn flush(&self, timeout: Duration) -> bool {
        let pipelines = self.pipelines.as_ref();
        pipelines.is_none_or(|pipelines| pipelines.flush(timeout))
    }

    /// Exports what has ended and what was logged until now, and the metrics, for the last time, and says what was lost, since
    /// the beginning. What comes later is not recorded. Returns within `timeout`, also where a collector does not answer; then the threads go
    /// on by themselves as long as the process does.
    ///
    /// Blocks this thread and no other. A further call is harmless: it waits for what is left, and says the same again.
    ///
    /// # Errors
    ///
    /// Spans or log records were lost since the beginning, or may be lost now; or the last metrics were not exported.
    pub fn shutdown(&self, timeout: Duration) -> Result<(), Lost> {
        self.was_shut_down.store(true, Ordering::Relaxed);
        let pipelines = self.pipelines.as_ref();
        pipelines.map_or(Ok(()), |pipelines| pipelines.shutdown(timeout))
    }

    /// Exports the metrics for the last time, and says whether that was done within `timeout`, without a failure; `true` where
    /// there are none. Spans and log records go on. Blocks this thread and no other, and a further call says the same again.
    pub fn shutdown_metrics(&self, timeout: Duration) -> bool {
        let pipelines = self.pipelines.as_ref();
        pipelines.is_none_or(|pipelines| pipelines.shutdown_metrics(timeout))
    }

    /// From now on SIGINT and SIGTERM end the process as they would anyway, after what waits then is exported, of all signals:
    /// [`shutdown`](Self::shutdown), for `timeout` at most, and then the default action of the signal, so that whoever
    /// waits for the process sees that the signal has ended it. A second signal acts at once. What is lost is a warning in
    /// the log. Without this call no signal is handled.
    ///
    /// It is for programs that handle none of the two signals. Their code runs on during the export, and `main` does
    /// not return. One that ends in order, with `tokio::signal` for one, needs no such call: it gets to the end of `main`,
    /// where this is dropped.
    ///
    /// **A signal that the program handles** when this is called is left to the program, and so is one that it
    /// ignores, as in `nohup`; so call this after whatever handles one of them. What it begins to handle later, it
    /// is told of as well, but it has only as long as the export takes: the process ends then. That is known on Linux
    /// alone; elsewhere both signals are taken to be nobody's.
    ///
    /// The first process of a container, which no default action ends, exits with 128 and the number of the signal, as
    /// a shell would say it. Where telemetry is disabled, nothing happens.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use tracing_relay::telemetry::Telemetry;
    ///
    /// let telemetry = Telemetry::builder("orders").build()?;
    /// telemetry.shutdown_on_signals(Duration::from_secs(5))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The system has no thread or no handler left for it. Where it is not unix, always: nothing is handled there.
    pub fn shutdown_on_signals(&self, timeout: Duration) -> io::Result<()> {
        let Some(pipelines) = &self.pipelines else {
            return Ok(());
        };
        let pipelines = Arc::downgrade(pipelines);
        signals::end_on_signals(timeout, move |timeout| {
            let pipelines = pipelines.upgrade();
            if let Some(Err(lost)) = pipelines.map(|pipelines| pipelines.shutdown(timeout)) {
                tracing::warn!("{lost}");
            }
        })
    }

    fn logs(&self) -> Option<&Logs> {
        self.pipelines.as_ref()?.logs.as_ref()
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if self.was_shut_down.load(Ordering::Relaxed) {
            return;
        }
        if let Err(lost) = self.shutdown(Duration::from_secs(5)) {
            tracing::warn!("{lost}");
        }
    }
}
