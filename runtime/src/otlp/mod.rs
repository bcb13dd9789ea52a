//! [`Otlp`]: the exporter behind [`ScopeExporter`](crate::scope::ScopeExporter) and behind `Telemetry`, spans as OTLP over HTTP
//! or gRPC; and [`Sender`], which sends any signal.
//!
//! Everything is said by the [`Destination`]. Nothing is read from the environment here, so that what is meant for one
//! collector is not sent to another.

mod body;
mod client;
#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "telemetry")]
mod logs;
#[cfg(feature = "telemetry")]
mod metrics;
mod request;
mod retry;
mod tls;
#[cfg(feature = "telemetry")]
mod witness;

use std::io;
#[cfg(feature = "telemetry")]
use std::sync::Arc;
use std::time::Duration;

use http::header::HeaderMap;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
#[cfg(feature = "grpc")]
use prost::bytes::Bytes;
use reqwest::Url;
use tokio::runtime::Handle;

pub(crate) use body::Format;
#[cfg(feature = "telemetry")]
pub(crate) use logs::OtlpLogs;
#[cfg(feature = "telemetry")]
pub(crate) use metrics::MetricsOtlp;
#[cfg(feature = "telemetry")]
pub(crate) use tls::Identity;
pub(crate) use tls::Roots;
#[cfg(feature = "telemetry")]
pub(crate) use witness::{Clock, Outcome, Witness};

use client::Client;
use request::Request;

/// Where requests are sent, and how.
#[derive(Clone)]
pub(crate) struct Destination {
    /// The whole URL; of that of gRPC the path does not count.
    pub(crate) url: Url,
    /// Sent with each request.
    pub(crate) headers: HeaderMap,
    /// How long one batch may take, with what is tried again.
    pub(crate) timeout: Duration,
    pub(crate) protocol: Protocol,
    #[cfg(feature = "telemetry")]
    pub(crate) gzip: bool,
    pub(crate) roots: Roots,
    #[cfg(feature = "telemetry")]
    pub(crate) identity: Option<Identity>,
}

/// What is spoken with a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http(Format),
    #[cfg(feature = "grpc")]
    Grpc,
}

/// Sends requests to one destination. For a thread without a runtime.
pub(crate) struct Sender {
    client: Client,
}

impl Sender {
    /// Connects to nothing yet.
    pub(crate) fn new(destination: Destination) -> io::Result<Self> {
        let client = Client::new(destination)?;
        Ok(Self { client })
    }

    /// Sends so many items, and says why they did not all arrive.
    pub(crate) fn send<R: Request>(&self, request: &R, items: usize) -> Result<(), String> {
        if Handle::try_current().is_ok() {
            return Err("the exporter is called on a thread of a runtime".to_owned());
        }
        let destination = self.client.destination();
        let rejected = match destination.protocol {
            Protocol::Http(format) => {
                let body = body::encode(format, request)?;
                #[cfg(feature = "telemetry")]
                let body = if destination.gzip {
                    body::gzip(&body)?
                } else {
                    body
                };
                body::rejected::<R>(format, &self.client.post(format, &body)?)
            }
            #[cfg(feature = "grpc")]
            Protocol::Grpc => {
                let message = Bytes::from(request.encode_to_vec());
                let answer = self.client.call(R::METHOD, &message)?;
                body::rejected::<R>(Format::Protobuf, &answer)
            }
        };
        match rejected {
            Some(rejected) => {
                let told = rejected.told::<R>(items);
                #[cfg(feature = "telemetry")]
                self.client
                    .witness()
                    .note(Outcome::Refused(None, told.clone()));
                Err(told)
            }
            None => Ok(()),
        }
    }
}

/// Sends spans to one destination. For a thread without a runtime.
pub(crate) struct Otlp {
    sender: Sender,
    resource: ResourceAttributesWithSchema,
}

impl Otlp {
    /// Connects to nothing yet.
    pub(crate) fn new(destination: Destination) -> io::Result<Self> {
        Ok(Self {
            sender: Sender::new(destination)?,
            resource: ResourceAttributesWithSchema::default(),
        })
    }

    /// Sees what becomes of the requests.
    #[cfg(feature = "telemetry")]
    pub(crate) const fn witness(&self) -> &Arc<Witness> {
        self.sender.client.witness()
    }

    fn send(&self, batch: Vec<SpanData>) -> Result<(), String> {
        let spans = batch.len();
        let request = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(batch, &self.resource),
        };
        self.sender.send(&request, spans)
    }
}

impl SpanExporter for Otlp {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.send(batch).map_err(OTelSdkError::InternalFailure)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl std::fmt::Debug for Otlp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Otlp").finish_non_exhaustive()
    }
}
