//! The export over OTLP, to the collector that the environment names. Whatever that collector does
//! costs its own spans and nothing else: what goes wrong here is a warning, never an error.

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_otlp::{
    OTEL_EXPORTER_OTLP_PROTOCOL_HTTP_PROTOBUF, OTEL_EXPORTER_OTLP_TIMEOUT_DEFAULT, Protocol,
    SpanExporter as OtlpExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor};
use reqwest::blocking::Client;
use tracing::warn;

use super::batches;

/// Exports in batches over HTTP, and tells at the shutdown how many spans did not arrive.
#[derive(Debug)]
pub(super) struct OtlpProcessor {
    process: &'static str,
    batches: BatchSpanProcessor,
    ended: AtomicUsize,
    delivery: Arc<Delivery>,
    /// Whoever drops the last client waits for its thread, which may hang in the resolution of a
    /// name. The processor lives as long as the process, so that nobody does.
    _client: Client,
}

impl OtlpProcessor {
    /// The export that `OTEL_EXPORTER_OTLP_*` describe, if they name an endpoint.
    ///
    /// # Errors
    ///
    /// When they ask for what the demo cannot do, in words for the user.
    pub(super) fn from_env(process: &'static str) -> Result<Option<Self>, String> {
        let Some(endpoint) = Setting::find("ENDPOINT") else {
            return Ok(None);
        };
        endpoint.read("an `http://` URL: the demo is built without TLS", |url| {
            let scheme = url.split_once("://")?.0;
            scheme.eq_ignore_ascii_case("http").then_some(())
        })?;
        if let Some(protocol) = Setting::find("PROTOCOL") {
            let spoken = OTEL_EXPORTER_OTLP_PROTOCOL_HTTP_PROTOBUF;
            protocol.read(&format!("`{spoken}`, which is the default"), |name| {
                name.eq_ignore_ascii_case(spoken).then_some(())
            })?;
        }
        let timeout = match Setting::find("TIMEOUT") {
            Some(timeout) => timeout.read("a number of milliseconds", |number| {
                number.parse().ok().map(Duration::from_millis)
            })?,
            None => OTEL_EXPORTER_OTLP_TIMEOUT_DEFAULT,
        };
        let client = client(timeout)?;
        // Said here and not left to the features of the library, which may be more in other builds: the
        // client that works on the plain thread of the batches, and the default of the specification.
        let exporter = OtlpExporter::builder()
            .with_http()
            .with_http_client(client.clone())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(timeout)
            .build()
            .map_err(|error| error.to_string())?;
        let delivery = Arc::default();
        Ok(Some(Self {
            process,
            batches: batches(CountingExporter {
                exporter,
                delivery: Arc::clone(&delivery),
            }),
            ended: AtomicUsize::new(0),
            delivery,
            _client: client,
        }))
    }
}

impl SpanProcessor for OtlpProcessor {
    fn on_start(&self, span: &mut Span, cx: &Context) {
        self.batches.on_start(span, cx);
    }

    fn on_end(&self, span: SpanData) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        self.batches.on_end(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        // Its result says nothing of batches that failed before, and nothing of a full queue.
        let result = self.batches.shutdown_with_timeout(timeout);
        let ended = self.ended.load(Ordering::Relaxed);
        let lost = ended.saturating_sub(self.delivery.spans.load(Ordering::Relaxed));
        if lost > 0 {
            let reason = self.delivery.failure();
            let reason = reason.or_else(|| result.err().map(|error| error.to_string()));
            warn!(
                process = self.process,
                lost, ended, reason, "spans were lost on their way out over OTLP"
            );
        }
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// What has become of the batches so far.
#[derive(Debug, Default)]
struct Delivery {
    spans: AtomicUsize,
    failure: Mutex<Option<String>>,
}

impl Delivery {
    fn failure(&self) -> Option<String> {
        let failure = self.failure.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fail(&self, reason: String) {
        let failure = self.failure.lock();
        *failure.unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// Counts what has arrived.
#[derive(Debug)]
struct CountingExporter {
    exporter: OtlpExporter,
    delivery: Arc<Delivery>,
}

impl SpanExporter for CountingExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        match &result {
            Ok(()) => {
                self.delivery.spans.fetch_add(spans, Ordering::Relaxed);
            }
            Err(error) => self.delivery.fail(error.to_string()),
        }
        result
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// A blocking client has a runtime of its own, which must not be made on a thread of another.
fn client(timeout: Duration) -> Result<Client, String> {
    thread::spawn(move || Client::builder().timeout(timeout).build())
        .join()
        .map_err(|_| "the HTTP client could not be made".to_owned())?
        .map_err(|error| error.to_string())
}

/// A variable of the environment that is not empty.
struct Setting {
    variable: String,
    value: String,
}

impl Setting {
    /// What is set for spans, else what is set for all signals.
    fn find(name: &str) -> Option<Self> {
        ["OTEL_EXPORTER_OTLP_TRACES", "OTEL_EXPORTER_OTLP"]
            .into_iter()
            .find_map(|prefix| {
                let variable = format!("{prefix}_{name}");
                let value = env::var(&variable).ok()?;
                (!value.is_empty()).then_some(Self { variable, value })
            })
    }

    /// What the value means to `read`. An error does not repeat it, because URLs may hold secrets.
    fn read<T>(&self, wanted: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, String> {
        let Self { variable, value } = self;
        read(value).ok_or_else(|| format!("`{variable}` must be {wanted}"))
    }
}
