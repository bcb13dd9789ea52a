//! What stands between `tracing` and the exports: tracing-opentelemetry with the SDK, or the engine of
//! `tracing-relay`. The spans are the same.

use std::sync::Arc;
use std::time::Duration;

use clap::ValueEnum;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter, SpanProcessor,
};
use tracing_relay::engine;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::Identity;
use tracing_subscriber::{Layer, Registry};

use super::PATIENCE;
use super::otlp::OtlpProcessor;

/// An HTTP client that has spans has them below INFO, so that of the export has none here.
const LEVEL: LevelFilter = LevelFilter::INFO;

/// What records the spans of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// tracing-opentelemetry, and the SDK of OpenTelemetry behind it.
    #[default]
    Opentelemetry,
    /// The engine of tracing-relay.
    Own,
}

impl Engine {
    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opentelemetry => "opentelemetry",
            Self::Own => "own",
        }
    }
}

/// Where ended spans go.
#[derive(Debug)]
pub(super) struct Exports {
    pub(super) lines: Option<BatchSpanProcessor>,
    pub(super) otlp: Option<OtlpProcessor>,
}

impl Exports {
    const fn is_empty(&self) -> bool {
        self.lines.is_none() && self.otlp.is_none()
    }
}

/// Records each span, also where the caller did not want that: the demo is there to show them.
#[derive(Debug)]
pub(super) enum Pipeline {
    /// There is no export.
    Off,
    Sdk(SdkTracerProvider),
    Engine(engine::Engine, Arc<Exports>),
}

impl Pipeline {
    pub(super) fn new(
        engine: Engine,
        resource: Resource,
        exports: Exports,
    ) -> std::io::Result<Self> {
        if exports.is_empty() {
            return Ok(Self::Off);
        }
        Ok(match engine {
            Engine::Opentelemetry => Self::Sdk(provider(resource, exports)),
            Engine::Own => {
                let exports = Arc::new(with_resource(exports, &resource));
                let engine = engine::Engine::builder()
                    .with_sampler(engine::Sampler::AlwaysOn)
                    .with_exporter(Distributor(Arc::clone(&exports)))
                    // As below.
                    .with_threads(false)
                    .build()?;
                Self::Engine(engine, exports)
            }
        })
    }

    /// What the subscriber of the process gets.
    pub(super) fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        match self {
            Self::Off => Box::new(Identity::new().with_filter(LevelFilter::OFF)),
            Self::Sdk(provider) => Box::new(
                tracing_opentelemetry::layer()
                    .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
                    // A turn has an attribute `thread.id`, and the layer would add another: the number
                    // of the operating system's thread.
                    .with_threads(false)
                    .with_filter(LEVEL),
            ),
            Self::Engine(engine, _) => Box::new(engine.filtered_layer(LEVEL)),
        }
    }

    /// Exports what is left. The demo's own collector comes first, so that it does not wait for that of
    /// somebody else.
    pub(super) fn shutdown(self) -> Result<(), String> {
        match self {
            Self::Off => Ok(()),
            Self::Sdk(provider) => provider
                .shutdown_with_timeout(PATIENCE)
                .map_err(|error| error.to_string()),
            Self::Engine(engine, exports) => {
                let all = engine.shutdown(PATIENCE);
                let lines = exports.lines.as_ref();
                let lines = lines.map_or(Ok(()), |lines| lines.shutdown_with_timeout(PATIENCE));
                if let Some(otlp) = &exports.otlp {
                    // It tells by itself what was lost.
                    otlp.shutdown_with_timeout(PATIENCE).ok();
                }
                lines.map_err(|error| error.to_string())?;
                if all {
                    Ok(())
                } else {
                    Err(format!("{:?}", engine.statistics()))
                }
            }
        }
    }
}

fn provider(resource: Resource, Exports { lines, otlp }: Exports) -> SdkTracerProvider {
    let mut provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOn)
        .with_resource(resource);
    // They are shut down in this order.
    if let Some(lines) = lines {
        provider = provider.with_span_processor(lines);
    }
    if let Some(otlp) = otlp {
        provider = provider.with_span_processor(otlp);
    }
    provider.build()
}

fn with_resource(mut exports: Exports, resource: &Resource) -> Exports {
    if let Some(lines) = &mut exports.lines {
        lines.set_resource(resource);
    }
    if let Some(otlp) = &mut exports.otlp {
        otlp.set_resource(resource);
    }
    exports
}

/// Gives spans of the engine to both exports. Each has a queue and a thread of its own, so that a collector
/// that hangs does not hold back the other's spans.
#[derive(Debug)]
struct Distributor(Arc<Exports>);

impl SpanExporter for Distributor {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let Exports { lines, otlp } = &*self.0;
        for span in batch {
            if let Some(otlp) = otlp {
                otlp.on_end(span.clone());
            }
            if let Some(lines) = lines {
                lines.on_end(span);
            }
        }
        Ok(())
    }

    /// They are shut down behind the engine, where a warning finds the subscriber.
    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
