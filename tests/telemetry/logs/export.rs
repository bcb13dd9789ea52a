//! Log records on their way: what waits, what is lost, and how it ends.

use std::net::TcpListener;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceResponse,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{InMemoryLogExporter, LogBatch, LogExporter};
use prost::Message as _;
use tracing::info;
use tracing_relay::telemetry::{LogLimits, LogQueueLimits, Lost, OtlpSettings, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;

use super::Logged;
use crate::child::LONG;
use crate::collector::Collector;
use crate::received::{bodies, logs};

fn log(telemetry: &Telemetry, number: usize) {
    let subscriber = tracing_subscriber::registry().with(telemetry.logs_layer());
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..number {
            info!(number, "work");
        }
    });
}

fn to(url: &str) -> Telemetry {
    let to = OtlpSettings::new(url).unwrap();
    let builder = Telemetry::builder("logs").with_logs_otlp(to);
    builder.build().unwrap()
}

fn url(collector: &Collector) -> String {
    format!("http://127.0.0.1:{}/v1/logs", collector.port())
}

/// The numbers of dropped, failed and waiting records, where no span was lost.
fn numbers(lost: Lost) -> (u64, u64, u64) {
    assert_eq!((lost.dropped, lost.failed, lost.waiting), (0, 0, 0));
    assert_eq!(lost.unfinished, lost.logs.waiting > 0, "{lost}");
    (lost.logs.dropped, lost.logs.failed, lost.logs.waiting)
}

/// An exporter that waits until it is let go on.
#[derive(Debug)]
struct Hangs(std::sync::Mutex<mpsc::Receiver<()>>);

impl LogExporter for Hangs {
    async fn export(&self, _: LogBatch<'_>) -> OTelSdkResult {
        // An error is that the test is over.
        let _ = self.0.lock().unwrap().recv();
        Ok(())
    }
}

#[test]
fn what_waits_is_bounded_by_records_and_what_is_more_is_counted() {
    let (go_on, waits) = mpsc::channel();
    let mut queue = LogQueueLimits::default();
    (queue.records, queue.batch) = (100, 10);
    let telemetry = Telemetry::builder("logs")
        .with_log_exporter(Hangs(waits.into()))
        .with_log_queue(queue)
        .build()
        .unwrap();
    log(&telemetry, 1_000);
    // One batch may be with the exporter already.
    let dropped = telemetry.log_statistics().dropped;
    assert!((890..=900).contains(&dropped), "{dropped}");
    let lost = telemetry.shutdown(Duration::from_millis(20)).unwrap_err();
    assert_eq!(numbers(lost), (dropped, 0, 1_000 - dropped));
    assert!(
        lost.to_string().starts_with("log records were lost: "),
        "{lost}"
    );
    drop(go_on);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (dropped, 0, 0));
    assert_eq!(telemetry.log_statistics().exported, 1_000 - dropped);
}

#[test]
fn what_waits_is_bounded_by_bytes() {
    let (go_on, waits) = mpsc::channel();
    let mut queue = LogQueueLimits::default();
    (queue.bytes, queue.delay) = (1 << 20, Duration::MAX);
    let telemetry = Telemetry::builder("logs")
        .with_log_exporter(Hangs(waits.into()))
        .with_log_queue(queue)
        .build()
        .unwrap();
    let subscriber = tracing_subscriber::registry().with(telemetry.logs_layer());
    let text = "x".repeat(1 << 17);
    tracing::subscriber::with_default(subscriber, || {
        for _ in 0..100 {
            info!(text);
        }
        info!("{}", "y".repeat(2 << 20));
    });
    // Some seven in the queue, and as many as an eighth of its bytes with the exporter.
    let kept = 101 - telemetry.log_statistics().dropped;
    assert!((7..=9).contains(&kept), "{kept}");
    drop(go_on);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (101 - kept, 0, 0));
}

#[test]
fn a_collector_that_never_answers_costs_no_more_than_the_time_that_was_given() {
    // It takes connections, and nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let telemetry = to(&format!("http://{}", listener.local_addr().unwrap()));
    log(&telemetry, 300);
    let start = Instant::now();
    for _ in 0..2 {
        let lost = telemetry.shutdown(Duration::from_millis(100)).unwrap_err();
        assert_eq!(numbers(lost), (0, 0, 300));
        assert!(lost.to_string().contains("300 still waited"), "{lost}");
    }
    drop(telemetry);
    // Neither the ten seconds of the request nor the five of a drop.
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn what_a_collector_refuses_is_counted_as_lost() {
    let collector = Collector::that_answers(|_| StatusCode::UNAUTHORIZED.into_response());
    let telemetry = to(&url(&collector));
    log(&telemetry, 3);
    assert!(!telemetry.flush(LONG));
    for _ in 0..2 {
        let lost = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!(numbers(lost), (0, 3, 0));
    }
    assert_eq!(collector.received().len(), 1, "it is not tried again");
}

#[test]
fn what_a_collector_rejects_of_a_batch_that_it_took_is_counted_as_lost() {
    let collector = Collector::that_answers(|_| {
        let partial_success = Some(ExportLogsPartialSuccess {
            rejected_log_records: 1,
            error_message: "too old".to_owned(),
        });
        ExportLogsServiceResponse { partial_success }
            .encode_to_vec()
            .into_response()
    });
    let telemetry = to(&url(&collector));
    log(&telemetry, 1);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
}

#[test]
fn a_flush_exports_what_was_logged_before_it_and_a_batch_is_no_larger_than_allowed() {
    let collector = Collector::start();
    let mut queue = LogQueueLimits::default();
    (queue.batch, queue.delay) = (4, Duration::MAX);
    let telemetry = Telemetry::builder("logs")
        .with_logs_otlp(OtlpSettings::new(&url(&collector)).unwrap())
        .with_log_queue(queue)
        .build()
        .unwrap();
    log(&telemetry, 10);
    assert!(telemetry.flush(LONG));
    let received = collector.received();
    assert_eq!(logs(&received).len(), 10);
    let sizes = received
        .iter()
        .map(|request| logs(std::slice::from_ref(request)).len());
    assert!(
        sizes.clone().all(|size| size <= 4),
        "{:?}",
        sizes.collect::<Vec<_>>()
    );
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
}

#[test]
fn attributes_that_were_dropped_are_counted_in_the_record() {
    let collector = Collector::start();
    let mut limits = LogLimits::default();
    limits.attributes = 1;
    let telemetry = Telemetry::builder("logs")
        .with_logs_otlp(OtlpSettings::new(&url(&collector)).unwrap())
        .with_log_limits(limits)
        .build()
        .unwrap();
    log(&telemetry, 1);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    let received = logs(&collector.received());
    let [(scope, record)] = &received[..] else {
        panic!("{received:?}")
    };
    assert_eq!(scope, module_path!());
    // Where the code is comes after what is said.
    assert_eq!(record.attributes.len(), 1);
    assert_eq!(record.attributes[0].key, "number");
    assert_eq!(record.dropped_attributes_count, 2);
}

/// An exporter that panics.
#[derive(Debug)]
struct Panics;

impl LogExporter for Panics {
    async fn export(&self, _: LogBatch<'_>) -> OTelSdkResult {
        panic!("nobody takes this")
    }
}

#[test]
fn an_exporter_that_panics_costs_its_batch_and_the_others_get_it() {
    let logged = Logged::with(|builder| builder.with_log_exporter(Panics));
    for number in 1..3 {
        logged.log(|| info!("said"));
        assert!(!logged.telemetry.flush(LONG));
        assert_eq!(logged.logs.get_emitted_logs().unwrap().len(), number);
    }
    let lost = logged.telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 2, 0));
}

#[test]
fn what_is_logged_after_the_shutdown_is_counted_as_dropped() {
    let logged = Logged::new();
    logged.log(|| info!("before"));
    assert_eq!(logged.telemetry.shutdown(LONG), Ok(()));
    logged.log(|| info!("after"));
    let lost = logged.telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (1, 0, 0));
    assert_eq!(logged.telemetry.log_statistics().exported, 1);
}

#[test]
fn an_exporter_may_ask_for_the_flush_that_it_is_called_by() {
    /// Flushes what it exports.
    #[derive(Debug)]
    struct Flushes(
        mpsc::SyncSender<bool>,
        std::sync::Arc<std::sync::OnceLock<Telemetry>>,
    );

    impl LogExporter for Flushes {
        async fn export(&self, _: LogBatch<'_>) -> OTelSdkResult {
            self.0.send(self.1.wait().flush(LONG)).unwrap();
            Ok(())
        }
    }

    let (sender, flushed) = mpsc::sync_channel(1);
    let place = std::sync::Arc::default();
    let exporter = Flushes(sender, std::sync::Arc::clone(&place));
    let builder = Telemetry::builder("logs").with_log_exporter(exporter);
    place.set(builder.build().unwrap()).unwrap();
    let telemetry = place.get().unwrap();
    log(telemetry, 1);
    assert!(telemetry.flush(LONG));
    assert!(!flushed.recv().unwrap());
}

#[test]
fn nothing_is_logged_where_telemetry_is_suppressed_or_disabled() {
    let logged = Logged::new();
    logged.log(|| {
        let _suppressed = opentelemetry::Context::enter_telemetry_suppressed_scope();
        info!("of an exporter");
    });
    assert!(logged.records().is_empty());
    let logs = InMemoryLogExporter::default();
    let telemetry = Telemetry::builder("logs")
        .with_log_exporter(logs.clone())
        .with_disabled(true)
        .build()
        .unwrap();
    log(&telemetry, 1);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert!(logs.get_emitted_logs().unwrap().is_empty());
    assert!(telemetry.logger_provider().is_none());
}

#[test]
fn spans_and_logs_are_flushed_and_shut_down_at_the_same_time() {
    // Nobody reads the spans, and the logs come through.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let collector = Collector::start();
    let telemetry = Telemetry::builder("logs")
        .with_otlp(OtlpSettings::new(&silent).unwrap())
        .with_logs_otlp(OtlpSettings::new(&url(&collector)).unwrap())
        .build()
        .unwrap();
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, || drop(tracing::info_span!("span")));
    log(&telemetry, 1);
    let lost = telemetry.shutdown(Duration::from_secs(2)).unwrap_err();
    assert_eq!((lost.waiting, lost.unfinished), (1, true));
    assert_eq!(bodies(&collector.received()), ["work"]);
    assert_eq!(telemetry.log_statistics().exported, 1);
}
