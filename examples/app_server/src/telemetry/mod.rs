//! Sets the export of a process up: `tracing` with an OpenTelemetry layer, whose spans go to the
//! [collector](crate::collector) of the demo and, where the environment names one, to a collector
//! that speaks OTLP. The one folder that knows OpenTelemetry.

mod lines;
mod otlp;

use std::env;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanExporter,
};
use tracing::warn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, filter::LevelFilter, fmt};

use lines::LineExporter;
use otlp::OtlpProcessor;

/// How long a process waits for a collector: for its own at the start and for each write, and for
/// each of them at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Spans that may wait for their export; the demo must not lose one.
const QUEUE: usize = 1 << 16;

/// The export of this process.
#[derive(Debug)]
#[must_use = "the last spans are exported at the shutdown"]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
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
    pub fn install(
        process: &'static str,
        collector: Option<SocketAddr>,
    ) -> Result<Self, Box<dyn Error>> {
        let lines = match collector {
            Some(collector) => Some(LineExporter::connect(process, collector)?),
            None => None,
        };
        let (otlp, refused) = match OtlpProcessor::from_env(process) {
            Ok(otlp) => (otlp, None),
            Err(error) => (None, Some(error)),
        };
        let provider = provider(process, lines, otlp);
        let spans = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer(env!("CARGO_PKG_NAME")))
                // A turn has an attribute `thread.id`, and the layer would add another: the number of
                // the operating system's thread.
                .with_threads(false)
        });
        let warnings = fmt::layer()
            .with_writer(io::stderr)
            .with_filter(LevelFilter::WARN);
        let subscriber = tracing_subscriber::registry()
            // An HTTP client that has spans has them below INFO, so that of the export has none here.
            .with(spans.with_filter(LevelFilter::INFO))
            .with(warnings);
        tracing::subscriber::set_global_default(subscriber)?;
        if let Some(error) = refused {
            warn!(process, error, "no span goes out over OTLP");
        }
        Ok(Self { provider })
    }

    /// Exports what is left. Blocks the thread, for a bounded time.
    ///
    /// # Errors
    ///
    /// When spans may have been lost on the way to the collector of the demo. That they were lost
    /// over OTLP is a warning.
    pub fn shutdown(self) -> Result<(), Box<dyn Error>> {
        if let Some(provider) = self.provider {
            provider.shutdown_with_timeout(PATIENCE)?;
        }
        Ok(())
    }
}

fn provider(
    process: &str,
    lines: Option<LineExporter>,
    otlp: Option<OtlpProcessor>,
) -> Option<SdkTracerProvider> {
    if lines.is_none() && otlp.is_none() {
        return None;
    }
    let mut provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOn)
        .with_resource(resource(process));
    // They are shut down in this order, so that the demo does not wait for somebody else's collector.
    if let Some(lines) = lines {
        provider = provider.with_span_processor(batches(lines));
    }
    if let Some(otlp) = otlp {
        provider = provider.with_span_processor(otlp);
    }
    Some(provider.build())
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
