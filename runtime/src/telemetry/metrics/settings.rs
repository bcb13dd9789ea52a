//! [`MetricSettings`]: what variables say about metrics, besides their exporters.

use std::fmt;
use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;

use crate::telemetry::reader::Reader;

/// How metrics are exported.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::telemetry) struct MetricSettings {
    /// How often.
    pub(super) interval: Duration,
    /// The longest that one export may take.
    pub(super) timeout: Duration,
    pub(super) temporality: Temporality,
    /// Whether the buckets of histograms are powers.
    pub(super) exponential: bool,
}

impl Default for MetricSettings {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(60),
            timeout: Duration::from_secs(30),
            temporality: Temporality::Cumulative,
            exponential: false,
        }
    }
}

impl MetricSettings {
    /// An interval of nothing is the default one.
    pub(in crate::telemetry) fn set_interval(&mut self, interval: Duration) {
        if !interval.is_zero() {
            self.interval = interval;
        }
    }

    pub(in crate::telemetry) const fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    pub(in crate::telemetry) const fn set_temporality(&mut self, temporality: Temporality) {
        self.temporality = temporality;
    }

    pub(in crate::telemetry) fn read(reader: &mut Reader<'_>) -> Self {
        const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";
        const EXEMPLARS: &str = "OTEL_METRICS_EXEMPLAR_FILTER";
        let mut settings = Self::default();
        if let Some(interval) = reader.milliseconds(INTERVAL) {
            if interval.is_zero() {
                reader.warn(INTERVAL, "is 0, which is no interval, and is ignored");
            }
            settings.set_interval(interval);
        }
        if let Some(timeout) = reader.timeout("OTEL_METRIC_EXPORT_TIMEOUT") {
            settings.timeout = timeout;
        }
        let temporalities = [
            ("cumulative", Temporality::Cumulative),
            ("delta", Temporality::Delta),
            ("lowmemory", Temporality::LowMemory),
        ];
        let temporality = reader.name(
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            &temporalities,
        );
        settings.temporality = temporality.unwrap_or(settings.temporality);
        let aggregations = [
            ("explicit_bucket_histogram", false),
            ("base2_exponential_bucket_histogram", true),
        ];
        let exponential = reader.name(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            &aggregations,
        );
        settings.exponential = exponential.unwrap_or_default();
        let exemplars = [
            ("always_on", true),
            ("always_off", false),
            ("trace_based", true),
        ];
        if reader.name(EXEMPLARS, &exemplars) == Some(true) {
            let fault = "has no effect: the SDK for Rust has no exemplars";
            reader.warn(EXEMPLARS, fault);
        }
        settings
    }
}

impl fmt::Display for MetricSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let temporality = match self.temporality {
            Temporality::Delta => "delta",
            Temporality::LowMemory => "lowmemory",
            _ => "cumulative",
        };
        let buckets = if self.exponential {
            "exponential"
        } else {
            "explicit"
        };
        write!(
            f,
            "every {:?}, timeout {:?}, {temporality}, {buckets} buckets",
            self.interval, self.timeout
        )
    }
}
