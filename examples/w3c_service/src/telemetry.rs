//! The set-up of a service that has no collector: spans get their ids, are printed if that is wanted, and are
//! dropped.

use std::io::Write as _;
use std::time::Duration;

use clap::ValueEnum;
use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    Sampler, SdkTracerProvider, Span, SpanData, SpanExporter, SpanProcessor,
};
use serde_json::json;
use tracing_relay::engine::{self, QueueLimits};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt};

const LEVEL: LevelFilter = LevelFilter::INFO;

/// What records the spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// tracing-opentelemetry, and the SDK of OpenTelemetry behind it.
    #[default]
    Opentelemetry,
    /// The engine of tracing-relay.
    Own,
}

/// What was set up.
#[derive(Debug)]
pub(crate) enum Telemetry {
    Sdk(SdkTracerProvider),
    Engine(engine::Engine),
}

impl Telemetry {
    /// Makes the subscriber of the process: spans go to what is returned, warnings to stderr.
    pub(crate) fn install(engine: Engine, print_spans: bool) -> std::io::Result<Self> {
        let telemetry = match engine {
            Engine::Opentelemetry => Self::Sdk(provider(print_spans)),
            Engine::Own => Self::Engine(own_engine(print_spans)?),
        };
        let warnings = fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(false)
            .with_filter(LevelFilter::WARN);
        tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(warnings)
            .init();
        Ok(telemetry)
    }

    fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        match self {
            Self::Sdk(provider) => Box::new(
                tracing_opentelemetry::layer()
                    .with_tracer(provider.tracer("w3c_service"))
                    .with_filter(LEVEL),
            ),
            Self::Engine(engine) => Box::new(engine.filtered_layer(LEVEL)),
        }
    }

    /// Prints what is left.
    pub(crate) fn shutdown(self) -> std::io::Result<()> {
        match self {
            Self::Sdk(provider) => provider.shutdown().map_err(std::io::Error::other),
            Self::Engine(engine) if engine.shutdown(Duration::from_secs(5)) => Ok(()),
            Self::Engine(engine) => Err(std::io::Error::other(format!(
                "spans may be lost: {:?}",
                engine.statistics()
            ))),
        }
    }
}

fn provider(print_spans: bool) -> SdkTracerProvider {
    let mut provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)));
    if print_spans {
        provider = provider.with_span_processor(Printer);
    }
    provider.build()
}

/// Its sampler is the same unless another is set.
fn own_engine(print_spans: bool) -> std::io::Result<engine::Engine> {
    let mut engine = engine::Engine::builder();
    if print_spans {
        let mut queue = QueueLimits::default();
        queue.delay = Duration::ZERO;
        engine = engine.with_exporter(Printer).with_queue(queue);
    }
    engine.build()
}

/// Prints spans when they end.
#[derive(Debug)]
struct Printer;

fn print(span: &SpanData) {
    let parent = span.parent_span_id;
    let line = json!({
        "name": span.name,
        "kind": format!("{:?}", span.span_kind).to_lowercase(),
        "trace_id": span.span_context.trace_id().to_string(),
        "span_id": span.span_context.span_id().to_string(),
        "parent_span_id": (parent != SpanId::INVALID).then(|| parent.to_string()),
        "parent_is_remote": span.parent_span_is_remote,
    });
    // Nobody may be reading any more.
    writeln!(std::io::stdout(), "{line}").ok();
}

impl SpanProcessor for Printer {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        print(&span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl SpanExporter for Printer {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter().for_each(print);
        Ok(())
    }
}
