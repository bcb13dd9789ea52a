//! The instruments of the durations that the semantic conventions define: [`DurationMetric`] names them.

use std::sync::OnceLock;

use opentelemetry::metrics::{Histogram, UpDownCounter};

use super::instruments::sealed::{Balanced as _, Distributed as _};
use super::pipeline::{Pipeline, Spec};
use crate::span::DurationMetric;

/// The buckets that the conventions advise.
const BOUNDARIES: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
const DB_BOUNDARIES: &[f64] = &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

impl DurationMetric {
    const fn spec(self) -> Spec {
        let (name, description) = match self {
            Self::RpcServer => ("rpc.server.call.duration", "Duration of incoming calls."),
            Self::RpcClient => ("rpc.client.call.duration", "Duration of outgoing calls."),
            Self::HttpServer => (
                "http.server.request.duration",
                "Duration of HTTP server requests.",
            ),
            Self::HttpClient => (
                "http.client.request.duration",
                "Duration of HTTP client requests.",
            ),
            Self::MessagingProcess => (
                "messaging.process.duration",
                "Duration of processing a message.",
            ),
            Self::MessagingClient => (
                "messaging.client.operation.duration",
                "Duration of an operation that a messaging client began.",
            ),
            Self::DbClient => (
                "db.client.operation.duration",
                "Duration of database client operations.",
            ),
        };
        Spec {
            name,
            unit: "s",
            description,
            boundaries: Some(match self {
                Self::DbClient => DB_BOUNDARIES,
                _ => BOUNDARIES,
            }),
        }
    }
}

/// How many requests a server is at.
const ACTIVE_REQUESTS: Spec = Spec {
    name: "http.server.active_requests",
    unit: "{request}",
    description: "Number of active HTTP server requests.",
    boundaries: None,
};

/// Those attributes of a request that its number is counted by.
pub(super) const OF_ACTIVE_REQUESTS: [&str; 2] = ["http.request.method", "url.scheme"];

/// The instruments of a pipeline, made where they are first needed.
#[derive(Default)]
pub(super) struct Durations {
    histograms: [OnceLock<Histogram<f64>>; DurationMetric::COUNT],
    active_requests: OnceLock<UpDownCounter<i64>>,
}

impl Pipeline {
    pub(super) fn histogram(&self, duration: DurationMetric) -> &Histogram<f64> {
        let make = || f64::histogram(self.meter(), &duration.spec());
        self.durations().histograms[duration as usize].get_or_init(make)
    }

    /// Of requests to an HTTP server.
    pub(super) fn active_requests(&self) -> &UpDownCounter<i64> {
        let make = || i64::up_down_counter(self.meter(), &ACTIVE_REQUESTS);
        self.durations().active_requests.get_or_init(make)
    }
}
