//! [`MetricsOtlp`]: metrics to one destination.

use std::fmt;
use std::io;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

use super::{Destination, Sender};

/// Sends metrics. For a thread without a runtime.
pub(crate) struct MetricsOtlp {
    sender: Sender,
    temporality: Temporality,
}

impl MetricsOtlp {
    /// Connects to nothing yet.
    pub(crate) fn new(destination: Destination, temporality: Temporality) -> io::Result<Self> {
        Ok(Self {
            sender: Sender::new(destination)?,
            temporality,
        })
    }
}

impl PushMetricExporter for MetricsOtlp {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let request = ExportMetricsServiceRequest::from(metrics);
        let points = points(&request);
        self.sender
            .send(&request, points)
            .map_err(OTelSdkError::InternalFailure)
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}

/// How many data points a request has.
fn points(request: &ExportMetricsServiceRequest) -> usize {
    let scopes = request.resource_metrics.iter();
    let metrics = scopes
        .flat_map(|resource| &resource.scope_metrics)
        .flat_map(|scope| &scope.metrics);
    metrics
        .filter_map(|metric| metric.data.as_ref())
        .map(|data| match data {
            Data::Gauge(gauge) => gauge.data_points.len(),
            Data::Sum(sum) => sum.data_points.len(),
            Data::Histogram(histogram) => histogram.data_points.len(),
            Data::ExponentialHistogram(histogram) => histogram.data_points.len(),
            Data::Summary(summary) => summary.data_points.len(),
        })
        .sum()
}

impl fmt::Debug for MetricsOtlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsOtlp").finish_non_exhaustive()
    }
}
