//! Sets the export of a process up: `tracing` with a layer whose spans go to the
//! [collector](crate::collector) of the demo and, where the environment names one, to a collector
//! that speaks OTLP. The one folder that knows OpenTelemetry.

mod lines;
mod otlp;
mod pipeline;

use std::env;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SpanExporter};
use tracing::warn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, filter::LevelFilter, fmt};

use lines::LineExporter;
use otlp::OtlpProcessor;
pub use pipeline::Engine;
use pipeline::{Exports, Pipeline};

/// How long a process waits for a collector: for its own at the start and for each write, and for
/// each of them at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Spans that may wait for their export; the demo must not lose one.
const QUEUE: usize = 1 << 16;

/// What becomes of the spans of a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Export {
    /// What records them.
    pub engine: Engine,
    /// Where they are sent, as JSON lines.
    pub collector: Option<SocketAddr>,
}

/// The export of this process.
#[derive(Debug)]
#[must_use = "the last spans are exported at the shutdown"]
pub struct Telemetry {
    pipeline: Pipeline,
}

impl Telemetry {
    /// Makes this process write warnings to standard error and, with a collector, export its spans.
    /// They go over OTLP too if the environment says where.
    ///
    /// Each span is exported, also where the caller did not want to record it: the demo is there to
    /// show them.
    ///
    /// # Errors
    ///
    /// When the collector cannot be reached, and when this process has a subscriber already. What
    /// hinders the export over OTLP is a warning.
    pub fn install(process: &'static str, export: Export) -> Result<Self, Box<dyn Error>> {
        let lines = match export.collector {
            Some(collector) => Some(batches(LineExporter::connect(process, collector)?)),
            None => None,
        };
        let (otlp, refused) = match OtlpProcessor::from_env(process) {
            Ok(otlp) => (otlp, None),
            Err(error) => (None, Some(error)),
        };
        let exports = Exports { lines, otlp };
        let pipeline = Pipeline::new(export.engine, resource(process), exports)?;
        let warnings = fmt::layer()
            .with_writer(io::stderr)
            .with_filter(LevelFilter::WARN);
        let subscriber = tracing_subscriber::registry()
            .with(pipeline.layer())
            .with(warnings);
        tracing::subscriber::set_global_default(subscriber)?;
        if let Some(error) = refused {
            warn!(process, error, "no span goes out over OTLP");
        }
        Ok(Self { pipeline })
    }

    /// Exports what is left. Blocks the thread, for a bounded time.
    ///
    /// # Errors
    ///
    /// When spans may have been lost on the way to the collector of the demo. That they were lost
    /// over OTLP is a warning.
    pub fn shutdown(self) -> Result<(), Box<dyn Error>> {
        let shutdown = self.pipeline.shutdown();
        Ok(shutdown
            .map_err(|error| format!("spans may be lost on their way to the demo: {error}"))?)
    }
}

fn batches(exporter: impl SpanExporter + 'static) -> BatchSpanProcessor {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .build();
    BatchSpanProcessor::builder(exporter)
        .with_batch_config(config)
        .build()
}

/// What this process says of itself; what the environment says wins.
fn resource(process: &str) -> Resource {
    let resource = Resource::builder_empty()
        .with_service_name(format!("{}-{process}", env!("CARGO_PKG_NAME")))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_detector(Box::new(EnvResourceDetector::new()));
    // By specification it wins over `OTEL_RESOURCE_ATTRIBUTES`; in the SDK's own resource it loses.
    match env::var("OTEL_SERVICE_NAME") {
        Ok(name) if !name.is_empty() => resource.with_service_name(name),
        _ => resource,
    }
    .build()
}
