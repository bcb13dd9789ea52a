//! [`Fault`]: the ways in which a set-up can be wrong, and the set-ups.

use std::error::Error;
use std::io;
use std::time::Duration;

use axum::http::StatusCode;
use clap::ValueEnum;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tokio::runtime::Builder;
use tracing_relay::doctor::{Diagnosis, Examination, lock_text};
use tracing_relay::engine::{Engine, Sampler};
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry, reload};

use crate::collector::{Answer, Collector};

/// A way to be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// Nobody sets a subscriber
    NoSubscriber,
    /// The subscriber writes log lines, and has no layer that records spans
    NoLayer,
    /// The layer that records is behind `tracing_subscriber::reload`
    Reload,
    /// The layer that records takes ERROR alone
    Level,
    /// `RUST_LOG`, or `warn` where it is unset, filters the whole subscriber
    Directive,
    /// Nobody sets OpenTelemetry's propagator
    Propagator,
    /// The sampler drops all
    Sampler,
    /// The collector does not run
    Unreachable,
    /// The name of the collector's host has no address
    UnknownHost,
    /// The collector does not speak TLS
    Tls,
    /// The collector wants a key
    Unauthorized,
    /// The path of the URL is wrong
    NotFound,
    /// The collector does not read protobuf
    Unsupported,
    /// The collector is overloaded
    Overloaded,
    /// The collector does not answer
    Slow,
    /// The exporter has an asynchronous HTTP client, on a thread without a runtime
    NoRuntime,
    /// An exporter over gRPC runs on the one thread that waits for it
    CurrentThread,
    /// Two versions of opentelemetry are in Cargo.lock
    TwoVersions,
    /// Code calls the methods of tracing-opentelemetry, and the engine records
    OpentelemetryApi,
    /// The clock of the collector is wrong by an hour
    Clock,
}

/// Takes all spans and keeps none.
#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

type Found = Result<Diagnosis, Box<dyn Error>>;

impl Fault {
    /// Sets it up, and lets the doctor look at it.
    pub(crate) fn examine(self, examination: Examination) -> Found {
        if !matches!(self, Self::Propagator | Self::NoSubscriber) {
            opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        }
        match self {
            Self::NoSubscriber => Ok(examination.run()),
            Self::NoLayer => {
                registry().with(fmt::layer().with_writer(io::stderr)).init();
                Ok(examination.run())
            }
            Self::Reload => Ok(reload(examination)),
            Self::Level => level(examination),
            Self::Directive => directive(examination),
            Self::Propagator | Self::OpentelemetryApi => to_nowhere(Sampler::AlwaysOn, examination),
            Self::Sampler => to_nowhere(Sampler::AlwaysOff, examination),
            Self::Unreachable => sending_to("http://127.0.0.1:1/v1/traces", examination),
            Self::UnknownHost => sending_to("http://collector.invalid:4318/v1/traces", examination),
            Self::Tls => answered(Answer::Status(StatusCode::OK), "https", examination),
            Self::Unauthorized => refused(StatusCode::UNAUTHORIZED, examination),
            Self::NotFound => refused(StatusCode::NOT_FOUND, examination),
            Self::Unsupported => refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, examination),
            Self::Overloaded => refused(StatusCode::SERVICE_UNAVAILABLE, examination),
            Self::Slow => answered(Answer::Nothing, "http", examination),
            Self::NoRuntime => no_runtime(examination),
            Self::CurrentThread => current_thread(examination),
            Self::TwoVersions => Ok(lock_text(TWO_VERSIONS)),
            Self::Clock => answered(Answer::Earlier, "http", examination),
        }
    }
}

fn reload(examination: Examination) -> Diagnosis {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("doctor"));
    let (hidden, _handle) = reload::Layer::new(layer);
    registry().with(hidden).init();
    examination.with_flush(move || provider.force_flush()).run()
}

fn level(examination: Examination) -> Found {
    let engine = engine(Nowhere)?;
    let layer = engine.filtered_layer(LevelFilter::ERROR);
    registry().with(layer).init();
    Ok(examination.run())
}

fn directive(examination: Examination) -> Found {
    let filter = EnvFilter::try_from_default_env().or_else(|_| EnvFilter::try_new("warn"))?;
    let directives = filter.to_string();
    let engine = engine(Nowhere)?;
    // For the whole subscriber, where it was meant for the log.
    let log = fmt::layer().with_writer(io::stderr).boxed();
    registry()
        .with(filter)
        .with(engine.layer())
        .with(log)
        .init();
    Ok(examination.with_directives(directives).run())
}

/// All is well but for the sampler, and for what is global.
fn to_nowhere(sampler: Sampler, examination: Examination) -> Found {
    let telemetry = Telemetry::builder("doctor")
        .with_exporter(Nowhere)
        .with_sampler(sampler)
        .build()?;
    registry().with(telemetry.layer()).init();
    Ok(telemetry.examine(examination))
}

fn engine(exporter: impl SpanExporter + 'static) -> io::Result<Engine> {
    Engine::builder().with_exporter(exporter).build()
}

fn sending_to(url: &str, examination: Examination) -> Found {
    let telemetry = Telemetry::builder("doctor").with_otlp(OtlpSettings::new(url)?);
    let telemetry = telemetry.build()?;
    registry().with(telemetry.layer()).init();
    let diagnosis = telemetry.examine(examination);
    // What was not delivered is in the diagnosis.
    let _ = telemetry.shutdown(Duration::ZERO);
    Ok(diagnosis)
}

fn answered(answer: Answer, scheme: &str, examination: Examination) -> Found {
    let collector = Collector::that_answers(answer)?;
    let url = format!("{}/v1/traces", collector.url(scheme));
    sending_to(&url, examination)
}

fn refused(status: StatusCode, examination: Examination) -> Found {
    answered(Answer::Status(status), "http", examination)
}

/// The exporter of opentelemetry-otlp with the client that its feature `reqwest-client` brings.
fn no_runtime(examination: Examination) -> Found {
    let collector = Collector::that_answers(Answer::Status(StatusCode::OK))?;
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(reqwest::Client::new())
        .with_endpoint(collector.url("http"))
        .build()?;
    let engine = engine(exporter)?;
    registry().with(engine.layer()).init();
    Ok(examination.run())
}

/// The exporter of opentelemetry-otlp over gRPC, whose connection is a task of the runtime.
fn current_thread(examination: Examination) -> Found {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_tonic()
            .with_endpoint("http://127.0.0.1:4317")
            .with_timeout(Duration::from_secs(60 * 60))
            .build()?;
        let telemetry = Telemetry::builder("doctor")
            .with_exporter(exporter)
            .build()?;
        registry().with(telemetry.layer()).init();
        let diagnosis = telemetry.examine(examination);
        // What was not delivered is in the diagnosis.
        let _ = telemetry.shutdown(Duration::ZERO);
        Ok(diagnosis)
    })
}

const TWO_VERSIONS: &str = r#"
[[package]]
name = "opentelemetry"
version = "0.32.0"

[[package]]
name = "opentelemetry"
version = "0.33.1"

[[package]]
name = "older-middleware"
version = "1.2.3"
dependencies = ["opentelemetry 0.32.0"]

[[package]]
name = "tracing-relay"
version = "0.1.0"
dependencies = ["opentelemetry 0.33.1"]
"#;
