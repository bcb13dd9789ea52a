//! [`ScopeExporter`]: sends the spans of a scope to the collector of its [`ScopeConfig`], over OTLP.

use std::fmt;
use std::io;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use reqwest::Url;

use super::ScopeConfig;
use crate::otlp::{Destination, Format, Otlp, Protocol, Roots};

/// Sends spans to the collector of a [`ScopeConfig`], as OTLP in protobuf over HTTP; made by [`ScopeConfig::exporter`].
///
/// It is for the thread of an engine, or of another processor that has a thread of its own: on one that a runtime of tokio
/// runs on, each call is an error. A batch whose request failed, or was answered with 429, 502, 503 or 504, is sent again up
/// to three times, as long as the [timeout](ScopeConfig::with_timeout) is not over. Redirects are failures, and so is a batch
/// of which the collector says that it rejected a part.
///
/// Each request has the headers of the configuration, and no other with a secret: what `OTEL_EXPORTER_OTLP_HEADERS` has for
/// the collector of the application is not sent to this one. Certificates are checked as the operating system does; on
/// Android the program has to initialise rustls-platform-verifier first.
/// Connections go through the proxy that `HTTPS_PROXY` or `ALL_PROXY` name, which sees the name of the host and nothing else;
/// those to a collector on this machine, in tests, do not.
pub struct ScopeExporter {
    exporter: Otlp,
    config: ScopeConfig,
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
        let destination = Destination {
            // The error of the parser does not have the URL in it.
            url: Url::parse(self.url()).map_err(io::Error::other)?,
            headers: self.headers(),
            timeout: self.timeout(),
            protocol: Protocol::Http(Format::Protobuf),
            #[cfg(feature = "telemetry")]
            gzip: false,
            roots: if self.is_plain() {
                Roots::None
            } else {
                Roots::System
            },
            #[cfg(feature = "telemetry")]
            identity: None,
        };
        Ok(ScopeExporter {
            exporter: Otlp::new(destination)?,
            config: self.clone(),
        })
    }
}

impl SpanExporter for ScopeExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.exporter.export(batch).await
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl fmt::Debug for ScopeExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeExporter")
            .field("to", &self.config)
            .finish_non_exhaustive()
    }
}
