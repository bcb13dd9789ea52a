//! The tracing of the application, as most have it: tracing-opentelemetry with its defaults, log lines on
//! standard error, and the global tracer of OpenTelemetry.

use std::error::Error;
use std::io;
use std::thread;

use opentelemetry::global;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use reqwest::blocking::Client;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;

use super::PATIENCE;

/// The tracing of the application.
#[derive(Debug)]
#[must_use = "the last spans are exported at the shutdown"]
pub struct Application(SdkTracerProvider);

impl Application {
    /// Makes this the tracing of the process. Spans go to the collector at this URL, like
    /// `http://127.0.0.1:4318`.
    ///
    /// # Errors
    ///
    /// When the export cannot be set up, and when the process has a subscriber already.
    pub fn install(service: String, collector: &str) -> Result<Self, Box<dyn Error>> {
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter(collector)?)
            .with_resource(Resource::builder_empty().with_service_name(service).build())
            .build();
        global::set_tracer_provider(provider.clone());
        let lines = fmt::layer()
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .with_writer(io::stderr);
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("application"));
        let subscriber = tracing_subscriber::registry()
            .with(LevelFilter::INFO)
            .with(spans)
            .with(lines);
        tracing::subscriber::set_global_default(subscriber)?;
        Ok(Self(provider))
    }

    /// Exports what is left. Blocks the thread, for a bounded time.
    ///
    /// # Errors
    ///
    /// When spans may have been lost.
    pub fn shutdown(self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.0.shutdown_with_timeout(PATIENCE)?)
    }
}

/// Batches leave from a thread without a runtime, so that the client brings one. It must not be made on a thread of
/// another.
fn exporter(collector: &str) -> Result<SpanExporter, Box<dyn Error>> {
    let client = Client::builder().no_proxy().timeout(PATIENCE);
    let client = thread::spawn(move || client.build()).join();
    let client = client.map_err(|_| "the HTTP client could not be made")??;
    Ok(SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", collector.trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .build()?)
}
