//! [`Console`]: metrics as lines on standard error, for whoever develops a service.

use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, Metric, MetricData, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;

/// Writes all metrics each time.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) temporality: Temporality,
}

impl PushMetricExporter for Console {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let mut text = String::new();
        for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
            show(metric, &mut text);
        }
        // Not `eprint`, which panics where nobody reads.
        io::stderr()
            .write_all(text.as_bytes())
            .map_err(|error| OTelSdkError::InternalFailure(format!("standard error: {error}")))
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

fn show(metric: &Metric, text: &mut String) {
    match metric.data() {
        AggregatedMetrics::F64(data) => show_points(metric, data, text),
        AggregatedMetrics::U64(data) => show_points(metric, data, text),
        AggregatedMetrics::I64(data) => show_points(metric, data, text),
    }
}

/// A line a point.
fn show_points<T: Copy + Display>(metric: &Metric, data: &MetricData<T>, text: &mut String) {
    let (name, unit) = (metric.name(), metric.unit());
    let mut line = |attributes: &mut dyn Iterator<Item = &KeyValue>, value: String| {
        let _ = write!(text, "metric {name}");
        for KeyValue { key, value, .. } in attributes {
            let _ = write!(text, " {key}={value}");
        }
        let _ = write!(text, ": {value}");
        let _ = if unit.is_empty() {
            writeln!(text)
        } else {
            writeln!(text, " {unit}")
        };
    };
    match data {
        MetricData::Gauge(gauge) => gauge
            .data_points()
            .for_each(|point| line(&mut point.attributes(), point.value().to_string())),
        MetricData::Sum(sum) => sum
            .data_points()
            .for_each(|point| line(&mut point.attributes(), point.value().to_string())),
        MetricData::Histogram(histogram) => histogram.data_points().for_each(|point| {
            let value = format!("{} values, together {}", point.count(), point.sum());
            line(&mut point.attributes(), value);
        }),
        MetricData::ExponentialHistogram(histogram) => histogram.data_points().for_each(|point| {
            let value = format!("{} values, together {}", point.count(), point.sum());
            line(&mut point.attributes(), value);
        }),
    }
}
