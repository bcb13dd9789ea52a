//! What a collector answers, and what becomes of the batch then.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::response::IntoResponse as _;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};
use tracing_relay::doctor::Problem;
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;

use super::collector::{Answer, Collector};
use super::{build, numbers, record, to};
use crate::child::LONG;

/// All is well.
const TAKEN: ExportTraceServiceResponse = ExportTraceServiceResponse {
    partial_success: None,
};

/// How many calls it takes until a batch arrived.
fn calls_until_taken(answer: Answer) -> usize {
    let collector = Collector::that_answers(answer);
    let telemetry = build(to(&collector.url()));
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    collector.calls().len()
}

#[test]
fn a_collector_that_is_unavailable_gets_the_batch_later() {
    let calls = calls_until_taken(|call| match call {
        0 => Err(Status::unavailable("starting")),
        _ => Ok(TAKEN),
    });
    assert_eq!(calls, 2);
}

#[test]
fn a_collector_that_says_when_it_has_room_gets_the_batch_after_that() {
    let start = Instant::now();
    let calls = calls_until_taken(|call| match call {
        0 => {
            let mut details = ErrorDetails::new();
            details.set_retry_info(Some(Duration::from_millis(1_200)));
            let code = Code::ResourceExhausted;
            Err(Status::with_error_details(code, "full", details))
        }
        _ => Ok(TAKEN),
    });
    assert_eq!(calls, 2);
    assert!(start.elapsed() >= Duration::from_millis(1_200));
}

#[test]
fn what_a_collector_refuses_is_counted_as_lost_and_not_sent_again() {
    let rows: [Answer; 5] = [
        |_| Err(Status::unauthenticated("who are you")),
        |_| Err(Status::invalid_argument("no")),
        |_| Err(Status::unimplemented("no traces")),
        |_| Err(Status::internal("no")),
        // It does not say when it has room.
        |_| Err(Status::resource_exhausted("full")),
    ];
    for answer in rows {
        let collector = Collector::that_answers(answer);
        let telemetry = build(to(&collector.url()));
        record(&telemetry);
        let lost = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!(numbers(lost), (0, 1, 0));
        assert_eq!(collector.calls().len(), 1);
    }
}

#[test]
fn a_wait_that_is_longer_than_the_time_gives_up_at_once() {
    let collector = Collector::that_answers(|_| {
        let details = ErrorDetails::with_retry_info(Some(Duration::from_secs(3_600)));
        let code = Code::Unavailable;
        Err(Status::with_error_details(code, "full", details))
    });
    let telemetry = build(to(&collector.url()).with_timeout(LONG));
    record(&telemetry);
    let start = Instant::now();
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
    assert!(start.elapsed() < LONG / 2);
    assert_eq!(collector.calls().len(), 1);
}

#[test]
fn what_a_collector_rejects_of_a_batch_that_it_took_is_counted_as_lost() {
    let collector = Collector::that_answers(|_| {
        let partial_success = Some(ExportTracePartialSuccess {
            rejected_spans: 1,
            error_message: "too old".to_owned(),
        });
        Ok(ExportTraceServiceResponse { partial_success })
    });
    let telemetry = build(to(&collector.url()));
    record(&telemetry);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
    assert_eq!(collector.calls().len(), 1, "it is not tried again");
}

#[test]
fn what_speaks_http_alone_is_a_failure() {
    let collector = crate::collector::Collector::that_answers(|_| "<html>".into_response());
    let collector = OtlpSettings::grpc(&collector.url()).unwrap();
    let telemetry = build(collector.with_timeout(Duration::from_millis(300)));
    record(&telemetry);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
}

#[test]
fn a_call_says_who_calls_and_how_long_it_may_take() {
    let collector = Collector::start();
    let settings = to(&format!("{}/a/path?key=k", collector.url()));
    let settings = settings
        .with_header("Api-Key", "secret")
        .and_then(|settings| settings.with_header("grpc-timeout", "1H"))
        .unwrap();
    let telemetry = build(settings.with_timeout(Duration::from_secs(7)));
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    let call = collector.only();
    assert_eq!(call.names, ["telemetry.work"]);
    let wanted = HashMap::from([
        ("api-key", "secret"),
        ("grpc-timeout", "7000000u"),
        (
            "user-agent",
            concat!("tracing-relay/", env!("CARGO_PKG_VERSION")),
        ),
    ]);
    for (key, value) in wanted {
        assert_eq!(call.value(key), value, "{key}");
    }
    assert!(!call.metadata.contains_key("grpc-encoding"));
    let shown = telemetry.settings().to_string();
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("otlp, grpc to http://127.0.0.1:"), "{shown}");
}

#[test]
fn a_batch_that_is_compressed_is_the_same_batch() {
    let collector = Collector::start();
    let telemetry = build(to(&collector.url()).with_gzip(true));
    (0..100).for_each(|_| record(&telemetry));
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(collector.names(), ["telemetry.work"; 100]);
    assert_eq!(collector.calls()[0].value("grpc-encoding"), "gzip");
}

#[test]
fn the_doctor_does_not_look_for_a_path_over_grpc() {
    let collector = Collector::that_answers(|_| Err(Status::unimplemented("no such service")));
    let telemetry = build(to(&collector.url()));
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    let diagnosis = tracing::subscriber::with_default(subscriber, || telemetry.doctor());
    let findings = diagnosis.findings();
    let refused = findings
        .iter()
        .find(|finding| finding.problem() == Problem::Refused);
    let help = refused.expect("it was refused").help();
    assert!(
        help.contains("gRPC") && !help.contains("/v1/traces"),
        "{help}"
    );
}

#[test]
fn a_timeout_without_end_reaches_the_collector() {
    let collector = Collector::start();
    let endless = to(&collector.url()).with_timeout(Duration::MAX);
    let builder = Telemetry::builder("grpc")
        .with_otlp(endless)
        .with_export_timeout(Duration::MAX);
    let telemetry = builder.build().unwrap();
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(collector.calls().len(), 1);
}
