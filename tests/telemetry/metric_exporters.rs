//! Exporters of metrics that panic or take their time, and what is flushed after the metrics have ended.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, Temporality};
use opentelemetry_sdk::trace::InMemorySpanExporter;
use tracing_relay::metrics::Counter;
use tracing_relay::telemetry::Telemetry;
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::LONG;

static STEPS: Counter<u64> = Counter::new("app.steps");

#[traced(name = "telemetry.step")]
fn step() {
    STEPS.add(1, []);
}

fn record(telemetry: &Telemetry) {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, step);
}

/// Does something before each export.
struct Before<F> {
    export: F,
    exporter: InMemoryMetricExporter,
}

impl<F: Fn() + Send + Sync + 'static> PushMetricExporter for Before<F> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        (self.export)();
        self.exporter.export(metrics).await
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

fn build(before: impl Fn() + Send + Sync + 'static) -> (Telemetry, InMemoryMetricExporter) {
    let exporter = InMemoryMetricExporter::default();
    let builder = Telemetry::builder("metrics").with_metric_exporter(Before {
        export: before,
        exporter: exporter.clone(),
    });
    (builder.build().unwrap(), exporter)
}

#[test]
fn an_exporter_of_metrics_that_panics_once_gets_the_next_ones() {
    let is_first = AtomicBool::new(true);
    let (telemetry, exporter) = build(move || {
        assert!(!is_first.swap(false, Ordering::Relaxed), "the first time");
    });
    record(&telemetry);
    assert!(!telemetry.flush(LONG));
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(exporter.get_finished_metrics().unwrap().len(), 1);
}

#[test]
fn spans_are_flushed_after_the_metrics_have_ended() {
    let spans = InMemorySpanExporter::default();
    let builder = Telemetry::builder("metrics")
        .with_exporter(spans.clone())
        .with_metric_exporter(InMemoryMetricExporter::default());
    let telemetry = builder.build().unwrap();
    assert!(telemetry.shutdown_metrics(LONG));
    record(&telemetry);
    assert!(telemetry.flush(LONG));
    assert_eq!(spans.get_finished_spans().unwrap().len(), 1);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert!(telemetry.flush(LONG), "there is nothing left");
}

/// The SDK itself waits for its reader for five seconds, however long it was told to.
#[test]
fn the_last_metrics_that_take_longer_than_five_seconds_are_waited_for() {
    let (release, released) = mpsc::channel();
    let released: Mutex<Receiver<()>> = Mutex::new(released);
    let (telemetry, exporter) = build(move || {
        let released = released.lock().unwrap_or_else(PoisonError::into_inner);
        released.recv().unwrap();
    });
    record(&telemetry);
    thread::scope(|scope| {
        let (done, is_done) = mpsc::channel();
        scope.spawn(move || done.send(telemetry.shutdown(LONG)));
        let early = is_done.recv_timeout(Duration::from_secs(6));
        release.send(()).unwrap();
        assert_eq!(early, Err(RecvTimeoutError::Timeout));
        assert_eq!(is_done.recv_timeout(LONG), Ok(Ok(())));
    });
    assert_eq!(exporter.get_finished_metrics().unwrap().len(), 1);
}
