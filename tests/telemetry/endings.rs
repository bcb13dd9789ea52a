//! How it ends: in time, with the numbers of what was lost, and as often as one likes.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use opentelemetry_sdk::trace::InMemorySpanExporter;
use prost::Message as _;
use tracing_relay::engine::{QueueLimits, Sampler};
use tracing_relay::telemetry::{Lost, OtlpSettings, Telemetry};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::{LONG, command};
use crate::collector::Collector;
use crate::received::names;

#[traced(name = "telemetry.work")]
fn work() {}

fn record(telemetry: &Telemetry) {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, work);
}

fn to(url: &str) -> Telemetry {
    let to = OtlpSettings::new(url).unwrap();
    Telemetry::builder("endings").with_otlp(to).build().unwrap()
}

/// The numbers of dropped, failed and waiting spans.
fn numbers(lost: Lost) -> (u64, u64, u64) {
    assert_eq!(lost.unfinished, lost.waiting > 0, "{lost}");
    (lost.dropped, lost.failed, lost.waiting)
}

#[test]
fn a_collector_that_never_answers_costs_no_more_than_the_time_that_was_given() {
    // It takes connections, and nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let telemetry = to(&format!("http://{}", listener.local_addr().unwrap()));
    // In a full chunk of the queue and in the buffers of two threads.
    (0..200).for_each(|_| record(&telemetry));
    let other = || (0..100).for_each(|_| record(&telemetry));
    std::thread::scope(|scope| scope.spawn(other).join()).unwrap();
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
fn dropped_with_a_collector_that_never_answers_it_takes_five_seconds_at_most() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let telemetry = to(&format!("http://{}", listener.local_addr().unwrap()));
    record(&telemetry);
    let start = Instant::now();
    drop(telemetry);
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(4), "{took:?}");
    assert!(took < Duration::from_secs(9), "{took:?}");
}

#[test]
fn what_a_collector_refuses_is_counted_as_lost() {
    let collector = Collector::that_answers(|_| StatusCode::UNAUTHORIZED.into_response());
    let telemetry = to(&collector.url());
    record(&telemetry);
    for _ in 0..2 {
        let lost = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!(numbers(lost), (0, 1, 0));
    }
    assert_eq!(collector.received().len(), 1, "it is not tried again");
}

#[test]
fn what_a_collector_rejects_of_a_batch_that_it_took_is_counted_as_lost() {
    let collector = Collector::that_answers(|_| {
        let partial_success = Some(ExportTracePartialSuccess {
            rejected_spans: 1,
            error_message: "too old".to_owned(),
        });
        ExportTraceServiceResponse { partial_success }
            .encode_to_vec()
            .into_response()
    });
    let telemetry = to(&collector.url());
    record(&telemetry);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
    assert_eq!(collector.received().len(), 1, "it is not tried again");
}

#[test]
fn an_answer_that_nobody_can_read_loses_nothing() {
    let collector = Collector::that_answers(|_| "\u{ff}garbage".into_response());
    let telemetry = to(&collector.url());
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
}

#[test]
fn a_collector_that_asks_to_wait_gets_the_batch_after_that() {
    let collector = Collector::that_answers(|request| match request {
        0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response(),
        _ => StatusCode::OK.into_response(),
    });
    let telemetry = to(&collector.url());
    record(&telemetry);
    let start = Instant::now();
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(collector.received().len(), 2);
}

#[test]
fn a_collector_that_asks_to_wait_for_a_date_that_is_too_late_is_given_up_at_once() {
    let collector = Collector::that_answers(|_| {
        let date = [("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")];
        (StatusCode::SERVICE_UNAVAILABLE, date).into_response()
    });
    let telemetry = to(&collector.url());
    record(&telemetry);
    let start = Instant::now();
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
    // The time of a request.
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(collector.received().len(), 1);
}

#[test]
fn what_ends_after_the_shutdown_is_counted_as_dropped() {
    let spans = InMemorySpanExporter::default();
    let builder = Telemetry::builder("endings").with_exporter(spans.clone());
    let telemetry = builder.build().unwrap();
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, || {
        let late = tracing::info_span!("late");
        work();
        assert!(telemetry.flush(LONG));
        assert_eq!(spans.get_finished_spans().unwrap().len(), 1);
        assert_eq!(telemetry.shutdown(LONG), Ok(()));
        drop(late);
    });
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (1, 0, 0));
}

#[test]
fn without_an_exporter_nothing_is_lost_and_contexts_are_passed_on() {
    #[traced]
    fn has_context() -> bool {
        tracing_relay::current_context().is_some_and(|context| context.flags().is_sampled())
    }

    let telemetry = Telemetry::builder("endings")
        .with_console()
        .without_exporters()
        .build()
        .unwrap();
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    assert!(tracing::subscriber::with_default(subscriber, has_context));
    assert!(telemetry.flush(LONG));
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(telemetry.statistics().dropped, 0);
}

#[test]
fn each_of_several_exporters_gets_all_and_one_that_fails_is_told() {
    let refusing = Collector::that_answers(|_| StatusCode::FORBIDDEN.into_response());
    let taking = Collector::start();
    let spans = InMemorySpanExporter::default();
    let telemetry = Telemetry::builder("endings")
        .with_otlp(OtlpSettings::new(&refusing.url()).unwrap())
        .with_otlp(OtlpSettings::new(&taking.url()).unwrap())
        .with_exporter(spans.clone())
        .build()
        .unwrap();
    record(&telemetry);
    assert!(!telemetry.flush(LONG));
    assert_eq!(
        spans.get_finished_spans().unwrap()[0].name,
        "telemetry.work"
    );
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
    assert_eq!(names(&taking.received()), ["telemetry.work"]);
}

#[test]
fn where_nobody_reads_standard_error_a_service_runs_as_ever() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let variables = [("OTEL_TRACES_EXPORTER", "console"), ("RUST_LOG", "trace")];
    let output = command(&variables).stderr(writer).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    assert!(
        printed.contains("shut down: Err(Lost { dropped: 0, failed: 2, "),
        "{printed}"
    );
}

#[test]
fn what_the_builder_says_counts_over_what_the_variables_say() {
    let spans = InMemorySpanExporter::default();
    let mut queue = QueueLimits::default();
    queue.batch = 7;
    let telemetry = Telemetry::from_variables(|name| match name {
        "OTEL_SDK_DISABLED" => Some("true".to_owned()),
        "OTEL_SERVICE_NAME" => Some("variable".to_owned()),
        "OTEL_TRACES_SAMPLER" => Some("always_off".to_owned()),
        _ => None,
    })
    .without_exporters()
    .with_disabled(false)
    .with_service_name("builder")
    .with_attribute("key", "value")
    .with_sampler(Sampler::AlwaysOn)
    .with_queue(queue)
    .with_export_timeout(Duration::from_secs(3))
    .with_exporter(spans.clone())
    .build()
    .unwrap();
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(telemetry.statistics().exported, 1);
    let shown = telemetry.settings().to_string();
    for part in [
        "service.name=builder key=value\n",
        "AlwaysOn\n",
        "batches of 7, delay 1s, timeout 3s\n",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}
