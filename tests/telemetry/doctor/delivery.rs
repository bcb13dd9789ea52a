//! Exporters and collectors.

use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use axum::http::header::{DATE, RETRY_AFTER};
use axum::response::IntoResponse as _;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData, SpanExporter};
use prost::Message as _;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tracing_relay::doctor::{Diagnosis, Examination, Finding, Problem};
use tracing_relay::engine::{Engine, QueueLimits};
use tracing_relay::telemetry::{OtlpSettings, Telemetry};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use super::{assert_says, doctor, doctor_within, examine, only};
use crate::child::LONG;
use crate::collector::{Answer, Collector};

/// Enough for a first attempt, and for no more than a few.
const SHORT: Duration = Duration::from_secs(2);

fn sending_to(url: &str, timeout: Duration) -> Telemetry {
    let collector = OtlpSettings::new(url).unwrap().with_timeout(timeout);
    let telemetry = Telemetry::builder("orders").with_otlp(collector);
    telemetry.build().unwrap()
}

/// What the doctor says where a collector answers this.
fn answered(answer: Answer) -> Diagnosis {
    let collector = Collector::that_answers(answer);
    doctor(&sending_to(&collector.url(), SHORT))
}

fn refused(answer: Answer) -> Finding {
    only(&answered(answer), Problem::Refused)
}

#[test]
fn a_collector_that_takes_the_probe_is_proven() {
    let collector = Collector::start();
    let telemetry = sending_to(&collector.url(), LONG);
    let diagnosis = doctor(&telemetry);
    diagnosis.assert_healthy();
    let words = format!("ok: the probe was delivered to {}, in ", collector.url());
    assert_says(&diagnosis.to_string(), &[&words]);
    assert_eq!(collector.only().spans(), ["tracing_relay.doctor"]);
}

#[test]
fn a_collector_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    drop(listener);
    let finding = only(&doctor(&sending_to(&url, SHORT)), Problem::Unreachable);
    assert_says(finding.what(), &[&url, "refused"]);
    assert_says(finding.help(), &["start the collector", "4318"]);
}

#[test]
fn a_host_that_has_no_address_is_unreachable() {
    // A resolver may take its time to say so.
    let telemetry = sending_to("http://collector.invalid:4318/v1/traces", LONG);
    let finding = only(&doctor(&telemetry), Problem::Unreachable);
    assert_says(finding.what(), &["http://collector.invalid:4318"]);
    assert_says(finding.help(), &["the name of the host is not known"]);
}

#[test]
fn a_collector_that_does_not_speak_tls_is_unreachable_over_tls() {
    let collector = Collector::start();
    let url = format!("https://localhost:{}/v1/traces", collector.port());
    let finding = only(&doctor(&sending_to(&url, SHORT)), Problem::Unreachable);
    assert_says(
        finding.help(),
        &["OTEL_EXPORTER_OTLP_CERTIFICATE", "http://"],
    );
}

#[test]
fn what_a_collector_refuses_is_told_with_the_status_and_with_what_to_write() {
    let unauthorized = refused(|_| StatusCode::UNAUTHORIZED.into_response());
    assert_says(unauthorized.what(), &["answered 401 Unauthorized"]);
    assert_says(unauthorized.help(), &["OTEL_EXPORTER_OTLP_HEADERS"]);

    let not_found = refused(|_| StatusCode::NOT_FOUND.into_response());
    assert_says(not_found.what(), &["404"]);
    assert_says(not_found.help(), &["`/v1/traces` is added"]);

    let unsupported = refused(|_| StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    assert_says(unsupported.what(), &["415"]);
    assert_says(unsupported.help(), &["OTEL_EXPORTER_OTLP_PROTOCOL"]);

    let unavailable = refused(|_| StatusCode::SERVICE_UNAVAILABLE.into_response());
    assert_says(unavailable.what(), &["503"]);
    assert_says(unavailable.help(), &["overloaded"]);
}

#[test]
fn a_collector_that_takes_the_batch_and_not_the_spans_refuses() {
    let finding = refused(|_| {
        let answer = ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans: 1,
                error_message: "the dataset is full".to_owned(),
            }),
        };
        answer.encode_to_vec().into_response()
    });
    assert_says(finding.what(), &["rejected 1 of 1", "the dataset is full"]);
}

#[test]
fn what_is_still_tried_again_is_told_when_the_time_is_over() {
    let collector = Collector::that_answers(|_| {
        let wait = [(RETRY_AFTER, "30")];
        (StatusCode::SERVICE_UNAVAILABLE, wait).into_response()
    });
    let telemetry = sending_to(&collector.url(), LONG);
    let within = Examination::new().with_timeout(SHORT);
    let diagnosis = doctor_within(&telemetry, within);
    only(&diagnosis, Problem::Refused);
    telemetry.shutdown(Duration::ZERO).unwrap_err();
}

#[test]
fn a_collector_that_never_answers_is_too_slow() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let timeout = Duration::from_millis(200);
    let finding = only(&doctor(&sending_to(&url, timeout)), Problem::TooSlow);
    assert_says(finding.what(), &[&url, "did not answer in 200ms"]);

    let telemetry = sending_to(&url, LONG);
    let within = Examination::new().with_timeout(timeout);
    let finding = only(&doctor_within(&telemetry, within), Problem::TooSlow);
    assert_says(finding.what(), &[&url, "did not answer in 200ms"]);
    telemetry.shutdown(Duration::ZERO).unwrap_err();
}

#[test]
fn a_collector_whose_clock_is_wrong_is_told_with_the_difference() {
    fn at(time: SystemTime) -> axum::response::Response {
        let date = [(DATE, httpdate::fmt_http_date(time))];
        (StatusCode::OK, date).into_response()
    }
    let hour = |text: &str| text.contains(" s ") && text.contains("359") || text.contains("3600");
    let ahead = answered(|_| at(SystemTime::now() + Duration::from_secs(3_600)));
    let finding = only(&ahead, Problem::ClockSkew);
    assert_says(finding.what(), &["ahead of that of this machine"]);
    assert!(hour(finding.what()), "{finding}");
    // It arrived all the same.
    assert_says(&ahead.to_string(), &["ok: the probe was delivered"]);

    let behind = answered(|_| at(SystemTime::now() - Duration::from_secs(3_600)));
    let finding = only(&behind, Problem::ClockSkew);
    assert_says(finding.what(), &["behind that of this machine"]);
    assert!(hour(finding.what()), "{finding}");

    answered(|_| at(SystemTime::now() - Duration::from_secs(2))).assert_healthy();
}

#[test]
fn each_of_several_collectors_is_told() {
    let good = Collector::start();
    let bad = Collector::that_answers(|_| StatusCode::FORBIDDEN.into_response());
    let settings = |collector: &Collector| OtlpSettings::new(&collector.url()).unwrap();
    let telemetry = Telemetry::builder("orders")
        .with_otlp(settings(&good))
        .with_otlp(settings(&bad))
        .build()
        .unwrap();
    let finding = only(&doctor(&telemetry), Problem::Refused);
    assert_says(finding.what(), &[&bad.url(), "403"]);
    assert_eq!(good.received().len(), 1);
}

/// Waits before it does something, as clients of tokio do.
#[derive(Debug)]
struct Waiting;

impl SpanExporter for Waiting {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(())
    }
}

#[test]
fn an_exporter_that_needs_a_runtime_is_told_where_it_has_none() {
    let engine = Engine::builder().with_exporter(Waiting).build().unwrap();
    let examination = Examination::new().with_timeout(LONG);
    let diagnosis = examine(registry().with(engine.layer()), examination);
    let finding = only(&diagnosis, Problem::NeedsRuntime);
    assert_says(finding.what(), &["there is no reactor running"]);
    assert_says(finding.help(), &["reqwest-blocking-client", "gRPC"]);

    let telemetry = Telemetry::builder("orders").with_exporter(Waiting);
    let diagnosis = doctor(&telemetry.build().unwrap());
    only(&diagnosis, Problem::NeedsRuntime);
}

/// Lets a task of a runtime do the work, as clients of gRPC do.
#[derive(Debug)]
struct Delegating(mpsc::UnboundedSender<oneshot::Sender<()>>);

impl Delegating {
    fn on_this_runtime() -> Self {
        let (sender, mut requests) = mpsc::unbounded_channel::<oneshot::Sender<()>>();
        tokio::spawn(async move {
            while let Some(request) = requests.recv().await {
                request.send(()).ok();
            }
        });
        Self(sender)
    }
}

impl SpanExporter for Delegating {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        let failed = || OTelSdkError::InternalFailure("the runtime is gone".to_owned());
        let (done, answer) = oneshot::channel();
        self.0.send(done).map_err(|_| failed())?;
        answer.await.map_err(|_| failed())
    }
}

#[test]
fn an_exporter_whose_runtime_is_blocked_by_who_waits_for_it_is_told() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let engine = runtime.block_on(async {
        let exporter = Delegating::on_this_runtime();
        let engine = Engine::builder().with_exporter(exporter).build().unwrap();
        let within = Examination::new().with_timeout(Duration::from_millis(200));
        let diagnosis = examine(registry().with(engine.layer()), within);
        let finding = only(&diagnosis, Problem::NeedsRuntime);
        assert_says(finding.what(), &["the only one of its runtime", "gRPC"]);
        assert_says(finding.help(), &["a runtime of its own"]);
        engine
    });
    // With it ends what the exporter waits for.
    drop(runtime);
    drop(engine);
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let exporter = runtime.block_on(async { Delegating::on_this_runtime() });
    let engine = Engine::builder().with_exporter(exporter).build().unwrap();
    let examination = Examination::new().with_timeout(LONG);
    examine(registry().with(engine.layer()), examination).assert_healthy();
}

/// Says why it does not work.
#[derive(Debug)]
struct Broken;

impl SpanExporter for Broken {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Err(OTelSdkError::InternalFailure("no disk left".to_owned()))
    }
}

#[test]
fn what_an_exporter_says_reaches_the_finding() {
    let engine = Engine::builder().with_exporter(Broken).build().unwrap();
    let examination = Examination::new().with_timeout(LONG);
    let diagnosis = examine(registry().with(engine.layer()), examination);
    let finding = only(&diagnosis, Problem::ExporterFailed);
    assert_says(finding.what(), &["no disk left"]);
}

#[test]
fn a_flush_that_fails_panics_or_does_not_return_is_told() {
    use opentelemetry::trace::TracerProvider as _;

    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
    let run = |examination: Examination| {
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
        examine(registry().with(layer), examination)
    };
    let failing = Examination::new().with_timeout(LONG);
    let diagnosis = run(failing.with_flush(|| Err("the batch is stuck")));
    let finding = only(&diagnosis, Problem::ExporterFailed);
    assert_says(finding.what(), &["the batch is stuck"]);

    let panicking = Examination::new().with_timeout(LONG);
    let diagnosis = run(panicking.with_flush(|| -> Result<(), String> { panic!("stuck") }));
    let finding = only(&diagnosis, Problem::ExporterFailed);
    assert_says(finding.what(), &["panicked"]);

    let (release, waits) = std::sync::mpsc::channel::<()>();
    let hanging = Examination::new().with_timeout(Duration::from_millis(100));
    let diagnosis = run(hanging.with_flush(move || {
        waits.recv().ok();
        Ok::<(), String>(())
    }));
    only(&diagnosis, Problem::TooSlow);
    drop(release);
}

#[test]
fn a_probe_that_finds_no_room_is_told() {
    let mut queue = QueueLimits::default();
    queue.bytes = 0;
    let engine = Engine::builder()
        .with_exporter(InMemorySpanExporter::default())
        .with_queue(queue)
        .build()
        .unwrap();
    let examination = Examination::new().with_timeout(LONG);
    let diagnosis = examine(registry().with(engine.layer()), examination);
    let finding = only(&diagnosis, Problem::Dropped);
    assert_says(finding.help(), &["OTEL_BSP_MAX_QUEUE_SIZE"]);
}
