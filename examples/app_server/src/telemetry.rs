//! Sets the export of a process up: `tracing` with an OpenTelemetry layer, whose spans go as JSON
//! lines to the [collector](crate::collector) of the demo. The one file that knows OpenTelemetry.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanId, Status, TracerProvider as _};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter,
};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, filter::LevelFilter, fmt};

use crate::collector::{SpanLink, SpanRecord};

/// How long a process waits for its collector, at the start, for each write and at the end.
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
    ///
    /// Each span is exported, also where the caller did not want to record it: the demo is there to
    /// show them.
    ///
    /// # Errors
    ///
    /// When the collector cannot be reached, and when this process has a subscriber already.
    pub fn install(
        process: &'static str,
        collector: Option<SocketAddr>,
    ) -> Result<Self, Box<dyn Error>> {
        let provider = match collector {
            Some(collector) => Some(provider(LineExporter::connect(process, collector)?)),
            None => None,
        };
        let spans = provider.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer(process))
                // A turn has an attribute `thread.id`, and the layer would add another: the number of
                // the operating system's thread.
                .with_threads(false)
        });
        let warnings = fmt::layer()
            .with_writer(io::stderr)
            .with_filter(LevelFilter::WARN);
        let subscriber = tracing_subscriber::registry()
            .with(spans.with_filter(LevelFilter::INFO))
            .with(warnings);
        tracing::subscriber::set_global_default(subscriber)?;
        Ok(Self { provider })
    }

    /// Exports what is left. Blocks the thread, for a bounded time.
    ///
    /// # Errors
    ///
    /// When spans may have been lost.
    pub fn shutdown(self) -> Result<(), Box<dyn Error>> {
        if let Some(provider) = self.provider {
            provider.shutdown_with_timeout(PATIENCE)?;
        }
        Ok(())
    }
}

fn provider(exporter: LineExporter) -> SdkTracerProvider {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(config)
        .build();
    SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOn)
        .with_span_processor(processor)
        .build()
}

/// Writes spans to a socket. Runs on the exporter's own thread, where it may block.
#[derive(Debug)]
struct LineExporter {
    process: &'static str,
    socket: Mutex<TcpStream>,
}

impl LineExporter {
    fn connect(process: &'static str, collector: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect_timeout(&collector, PATIENCE)?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            process,
            socket: Mutex::new(socket),
        })
    }

    fn write(&self, batch: Vec<SpanData>) -> io::Result<()> {
        let mut lines = Vec::new();
        for span in batch {
            serde_json::to_writer(&mut lines, &record(self.process, span))?;
            lines.push(b'\n');
        }
        self.with_socket(|mut socket| socket.write_all(&lines))
    }

    fn with_socket<T>(&self, f: impl FnOnce(&TcpStream) -> T) -> T {
        f(&self.socket.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SpanExporter for LineExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.write(batch).map_err(|error| failure(&error))
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        self.with_socket(|socket| socket.shutdown(Shutdown::Both))
            .map_err(|error| failure(&error))
    }
}

fn failure(error: &io::Error) -> OTelSdkError {
    OTelSdkError::InternalFailure(error.to_string())
}

fn record(process: &str, span: SpanData) -> SpanRecord {
    let duration = span.end_time.duration_since(span.start_time);
    SpanRecord {
        process: process.to_owned(),
        trace_id: span.span_context.trace_id().to_string(),
        span_id: span.span_context.span_id().to_string(),
        parent_id: (span.parent_span_id != SpanId::INVALID)
            .then(|| span.parent_span_id.to_string()),
        name: span.name.into_owned(),
        kind: format!("{:?}", span.span_kind).to_lowercase(),
        start: span
            .start_time
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default(),
        duration: duration.unwrap_or_default(),
        error: match span.status {
            Status::Error { description } => Some(description.into_owned()),
            Status::Unset | Status::Ok => None,
        },
        attributes: span
            .attributes
            .into_iter()
            .map(|attribute| (attribute.key.to_string(), attribute.value.to_string()))
            .collect(),
        links: span
            .links
            .iter()
            .map(|link| SpanLink {
                trace_id: link.span_context.trace_id().to_string(),
                span_id: link.span_context.span_id().to_string(),
            })
            .collect(),
    }
}
