//! [`ScopeExporter`]: sends the spans of a scope to the collector of its [`ScopeConfig`], over OTLP.
//!
//! The requests are made on the exporting thread itself, by a runtime that runs nowhere else. So what the client does is
//! neither on a thread of the application nor seen by a subscriber of it, and nobody ever waits for a thread of the client.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter as OtlpExporter};
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use reqwest::{Client, Url, redirect};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::runtime::{Handle, Runtime};

use super::ScopeConfig;

/// More of an answer is not read.
const LONGEST_ANSWER: usize = 1 << 16;

/// Sends spans to the collector of a [`ScopeConfig`], as OTLP in protobuf over HTTP; made by [`ScopeConfig::exporter`].
///
/// It is for the thread of an engine, or of another processor that has a thread of its own: on one that a runtime of tokio
/// runs on, each call is an error. A batch whose request failed, or was answered with 429, 502, 503 or 504, is sent again up
/// to three times, as long as the [timeout](ScopeConfig::with_timeout) is not over. Redirects are failures.
///
/// Each request has the headers of the configuration, and no other with a secret: what `OTEL_EXPORTER_OTLP_HEADERS` has for
/// the collector of the application is not sent to this one. Certificates are checked as the operating system does; on
/// Android the program has to initialise rustls-platform-verifier first.
/// Connections go through the proxy that `HTTPS_PROXY` or `ALL_PROXY` name, which sees the name of the host and nothing else;
/// those to a collector on this machine, in tests, do not.
pub struct ScopeExporter {
    exporter: OtlpExporter,
    sender: Arc<Sender>,
}

impl ScopeConfig {
    /// An exporter for the engine of the scope; the [module](crate::scope) has an example.
    ///
    /// Connects to nothing yet, and may be called anywhere.
    ///
    /// # Errors
    ///
    /// The certificates of the system cannot be read, or the URL is one that the client cannot use.
    pub fn exporter(&self) -> io::Result<ScopeExporter> {
        let sender = Arc::new(Sender::new(self)?);
        let exporter = OtlpExporter::builder()
            .with_http()
            .with_shared_http_client(Arc::clone(&sender) as Arc<dyn HttpClient>)
            .with_endpoint(self.url())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(self.timeout())
            .build()
            // Its error has the URL in it.
            .map_err(|_| io::Error::other("the exporter does not take the URL"))?;
        Ok(ScopeExporter { exporter, sender })
    }
}

impl SpanExporter for ScopeExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        if Handle::try_current().is_ok() {
            let reason = "the exporter is called on a thread of a runtime";
            return Err(OTelSdkError::InternalFailure(reason.to_owned()));
        }
        let result = self.exporter.export(batch).await;
        let failure = self.sender.lock().failure.take();
        // The exporter says that there was an error, and only the sender knows which one.
        result.map_err(|error| failure.map_or(error, OTelSdkError::InternalFailure))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl fmt::Debug for ScopeExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the exporter: it has the headers that the application sends to its own collector.
        f.debug_struct("ScopeExporter")
            .field("to", &self.sender.config)
            .finish_non_exhaustive()
    }
}

/// What makes the requests.
struct Sender {
    config: ScopeConfig,
    client: Client,
    url: Url,
    headers: HeaderMap,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Made by the first request, on the thread that all of them are made on.
    runtime: Option<Runtime>,
    /// Why the last request had no answer.
    failure: Option<String>,
}

impl Sender {
    fn new(config: &ScopeConfig) -> io::Result<Self> {
        let tls = tls(config)
            .map_err(|error| io::Error::other(format!("TLS cannot be set up: {error}")))?;
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(!config.is_plain())
            .http1_only()
            .redirect(redirect::Policy::none())
            .referer(false)
            .timeout(config.timeout())
            .user_agent(concat!("tracing-relay/", env!("CARGO_PKG_VERSION")));
        if config.is_plain() {
            client = client.no_proxy();
        }
        Ok(Self {
            client: client
                .build()
                .map_err(|error| io::Error::other(told(error)))?,
            // The error of the parser does not have the URL in it.
            url: Url::parse(config.url()).map_err(io::Error::other)?,
            headers: config.headers(),
            config: config.clone(),
            state: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
        let (parts, body) = request.into_parts();
        let mut post = self
            .client
            .post(self.url.clone())
            .headers(self.headers.clone())
            .body(body);
        for name in [CONTENT_TYPE, CONTENT_ENCODING] {
            if let Some(value) = parts.headers.get(&name) {
                post = post.header(name, value);
            }
        }
        let mut state = self.lock();
        let runtime = match &mut state.runtime {
            Some(runtime) => runtime,
            none => none.insert(runtime().map_err(|error| error.to_string())?),
        };
        runtime.block_on(answer(post)).map_err(told)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        // It may still look up a name, which can take long; nobody waits for that.
        if let Some(runtime) = self.lock().runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.send(request);
        self.lock().failure = answer.as_ref().err().cloned();
        answer.map_err(HttpError::from)
    }
}

fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
}

async fn answer(post: reqwest::RequestBuilder) -> reqwest::Result<Response<Bytes>> {
    let mut response = post.send().await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = response.status();
    *answer.headers_mut() = std::mem::take(response.headers_mut());
    Ok(answer)
}

/// TLS with a provider that is named here: the one of the process may not be set, and may not be asked for where two are built
/// in.
fn tls(config: &ScopeConfig) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?;
    let builder = if config.is_plain() {
        builder.with_root_certificates(RootCertStore::empty())
    } else {
        builder.with_platform_verifier()?
    };
    Ok(builder.with_no_client_auth())
}

/// An error of the client with its causes, and without the URL.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
