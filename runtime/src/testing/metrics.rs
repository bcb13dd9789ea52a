//! [`Metrics`]: what the instruments of a test have recorded.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{self, AggregatedMetrics, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{InstrumentKind, ManualReader, SdkMeterProvider, Temporality};

use super::value::{Value, convert};
use crate::metrics::{MetricsLayer, Pipeline};

/// The metrics of one pipeline, which nothing exports.
#[derive(Clone, Debug)]
pub(super) struct Meters {
    provider: SdkMeterProvider,
    reader: Reader,
}

impl Meters {
    pub(super) fn new() -> Self {
        let reader = Reader(Arc::new(ManualReader::builder().build()));
        let provider = SdkMeterProvider::builder().with_reader(reader.clone());
        Self {
            provider: provider.build(),
            reader,
        }
    }

    pub(super) fn layer(&self) -> MetricsLayer {
        let meter = self.provider.meter("tracing-relay-testing");
        MetricsLayer::new(Some(Pipeline::new(meter)))
    }

    pub(super) fn read(&self) -> Metrics {
        let mut all = ResourceMetrics::default();
        // Where nothing was recorded there is nothing.
        let _ = self.reader.collect(&mut all);
        let metrics = all.scope_metrics().flat_map(data::ScopeMetrics::metrics);
        let mut instruments: Vec<_> = metrics.map(Instrument::of).collect();
        instruments.sort_by(|one, other| one.name.cmp(&other.name));
        Metrics(instruments)
    }
}

/// A reader that the provider has and the test as well.
#[derive(Clone, Debug)]
struct Reader(Arc<ManualReader>);

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: Weak<opentelemetry_sdk::metrics::Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}

/// What instruments have recorded until now: of [`Traces::metrics`](super::Traces::metrics).
///
/// Its `Display` is a line for each instrument and each set of attributes, in the order of the names: what a test can
/// compare as a whole. Of a histogram it has the number of values and not their sum, because durations differ.
///
/// ```
/// use tracing_relay::metrics::{Counter, Histogram};
/// use tracing_relay::testing::Pipeline;
///
/// static TURNS: Counter<u64> = Counter::new("app.turns").with_unit("{turn}");
/// static SIZE: Histogram<u64> = Histogram::new("app.turn.size");
///
/// Pipeline::new().run_sync(|traces| {
///     TURNS.add(1, [("kind", "review".into())]);
///     TURNS.add(2, [("kind", "plan".into())]);
///     SIZE.record(100, []);
///
///     let metrics = traces.metrics();
///     assert_eq!(metrics.of("app.turns").sum(), 3.0);
///     assert_eq!(metrics.of("app.turns").with("kind", "plan").sum(), 2.0);
///     assert_eq!(
///         metrics.to_string(),
///         "histogram app.turn.size: 1 value\n\
///          counter app.turns {kind=\"plan\"}: 2\n\
///          counter app.turns {kind=\"review\"}: 1\n"
///     );
/// });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics(Vec<Instrument>);

impl Metrics {
    /// The names of the instruments, in the order of the alphabet.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|found| found.name.as_str()).collect()
    }

    /// The instrument of this name.
    ///
    /// # Panics
    ///
    /// When it has recorded nothing; the message has what was recorded.
    #[must_use]
    #[track_caller]
    pub fn of(&self, name: &str) -> Instrument {
        match self.0.iter().find(|found| found.name == name) {
            Some(found) => found.clone(),
            None => panic!("nothing was recorded by `{name}`\n{self}"),
        }
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|instrument| fmt::Display::fmt(instrument, f))
    }
}

/// What one instrument has recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    name: String,
    unit: String,
    kind: &'static str,
    points: Vec<Point>,
}

/// What was recorded with one set of attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// In the order of the keys.
    attributes: Vec<(String, Value)>,
    value: f64,
    /// Of a histogram: how many values there are, the upper bounds of its buckets, and how many are in each.
    distribution: Option<(u64, Vec<f64>, Vec<u64>)>,
}

impl Instrument {
    fn of(metric: &data::Metric) -> Self {
        let (kind, points) = match metric.data() {
            AggregatedMetrics::U64(data) => read(data, |value| {
                #[expect(clippy::cast_precision_loss, reason = "tests count to less than that")]
                let value = value as f64;
                value
            }),
            AggregatedMetrics::I64(data) => read(data, |value| {
                #[expect(clippy::cast_precision_loss, reason = "tests count to less than that")]
                let value = value as f64;
                value
            }),
            AggregatedMetrics::F64(data) => read(data, |value| value),
        };
        Self {
            name: metric.name().to_owned(),
            unit: metric.unit().to_owned(),
            kind,
            points,
        }
    }

    /// The unit, as it was declared.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// What was recorded, a point for each set of attributes.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The same with the points alone that have this attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let has = |(of, is): &(String, Value)| of == key && *is == value;
        self.points.retain(|point| point.attributes.iter().any(has));
        self
    }

    /// What the points are together: of a histogram the sum of all values.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.points.iter().map(|point| point.value).sum()
    }

    /// How many values a histogram has; 0 of another instrument.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.points.iter().map(Point::count).sum()
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for point in &self.points {
            write!(f, "{} {}{point}", self.kind, self.name)?;
        }
        Ok(())
    }
}

impl Point {
    /// The attributes, in the order of their keys.
    #[must_use]
    pub fn attributes(&self) -> &[(String, Value)] {
        &self.attributes
    }

    /// The sum, or the last value of a gauge.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// How many values a histogram has; 0 of another instrument.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.distribution.as_ref().map_or(0, |(count, ..)| *count)
    }

    /// The upper bounds of the buckets of a histogram, and how many values are in each; one more is above all of them.
    #[must_use]
    pub fn buckets(&self) -> (&[f64], &[u64]) {
        match &self.distribution {
            Some((_, bounds, counts)) => (bounds, counts),
            None => (&[], &[]),
        }
    }

    fn new<'a>(attributes: impl Iterator<Item = &'a KeyValue>, value: f64) -> Self {
        let convert =
            |KeyValue { key, value, .. }: &KeyValue| (key.to_string(), convert(value.clone()));
        let mut attributes: Vec<_> = attributes.map(convert).collect();
        attributes.sort_by(|one, other| one.0.cmp(&other.0));
        Self {
            attributes,
            value,
            distribution: None,
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes: Vec<_> = self
            .attributes
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        if !attributes.is_empty() {
            write!(f, " {{{}}}", attributes.join(", "))?;
        }
        match &self.distribution {
            None => writeln!(f, ": {}", self.value),
            Some((1, ..)) => writeln!(f, ": 1 value"),
            Some((count, ..)) => writeln!(f, ": {count} values"),
        }
    }
}

/// The name of a kind of instruments, and its points in the order of their attributes.
fn read<T: Copy>(data: &MetricData<T>, number: impl Fn(T) -> f64) -> (&'static str, Vec<Point>) {
    let (kind, mut points): (_, Vec<_>) = match data {
        MetricData::Gauge(gauge) => (
            "gauge",
            gauge
                .data_points()
                .map(|point| Point::new(point.attributes(), number(point.value())))
                .collect(),
        ),
        MetricData::Sum(sum) => (
            if sum.is_monotonic() {
                "counter"
            } else {
                "up-down-counter"
            },
            sum.data_points()
                .map(|point| Point::new(point.attributes(), number(point.value())))
                .collect(),
        ),
        MetricData::Histogram(histogram) => (
            "histogram",
            histogram
                .data_points()
                .map(|point| Point {
                    distribution: Some((
                        point.count(),
                        point.bounds().collect(),
                        point.bucket_counts().collect(),
                    )),
                    ..Point::new(point.attributes(), number(point.sum()))
                })
                .collect(),
        ),
        MetricData::ExponentialHistogram(histogram) => (
            "histogram",
            histogram
                .data_points()
                .map(|point| Point {
                    distribution: Some((point.count() as u64, Vec::new(), Vec::new())),
                    ..Point::new(point.attributes(), number(point.sum()))
                })
                .collect(),
        ),
    };
    points.sort_by_key(ToString::to_string);
    (kind, points)
}
