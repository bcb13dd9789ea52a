//! Metrics on their way to a collector: their form, their variables, and their end.

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{Metric, number_data_point};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, Temporality};
use prost::Message as _;
use tokio::runtime::{Builder, Runtime};
use tracing_relay::metrics::{Counter, UpDownCounter};
use tracing_relay::telemetry::{OtlpProtocol, OtlpSettings, Telemetry};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::child::{LONG, RUNTIME, Run, command};
use crate::collector::{Collector, Received};

/// A shutdown has to be done before.
const BOUND: Duration = Duration::from_secs(5);

static CALLS: Counter<u64> = Counter::new("app.calls").with_unit("{call}");
static OPEN: UpDownCounter<i64> = UpDownCounter::new("app.open");

#[traced(conventions = "grpc", kind = "client", carrier = none, fields(rpc.method = "a.B/C"))]
fn call() {
    CALLS.add(1, [("kind", "test".into())]);
    OPEN.add(2, []);
}

/// The metrics of a request in protobuf or JSON, compressed or not.
fn metrics(request: &Received) -> Vec<Metric> {
    let mut body = request.body.to_vec();
    if request.headers.contains_key("content-encoding") {
        let mut decoded = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut decoded).unwrap();
        body = decoded;
    }
    let message: ExportMetricsServiceRequest = match request.header("content-type") {
        "application/json" => serde_json::from_slice(&body).unwrap(),
        other => {
            assert_eq!(other, "application/x-protobuf");
            ExportMetricsServiceRequest::decode(&body[..]).unwrap()
        }
    };
    let resources = message.resource_metrics.into_iter();
    resources
        .flat_map(|resource| resource.scope_metrics)
        .flat_map(|scope| scope.metrics)
        .collect()
}

fn of(request: &Received, name: &str) -> Metric {
    let metrics = metrics(request);
    let found = metrics.iter().find(|metric| metric.name == name).cloned();
    found.unwrap_or_else(|| panic!("{name}: {metrics:?}"))
}

/// The sum of all points, and what the temporality is: 1 is delta, and 2 cumulative.
fn sum(metric: &Metric) -> (i64, i32) {
    let Some(Data::Sum(sum)) = &metric.data else {
        panic!("{metric:?}")
    };
    let values = sum.data_points.iter().map(|point| match point.value {
        Some(number_data_point::Value::AsInt(value)) => value,
        other => panic!("{other:?}"),
    });
    (values.sum(), sum.aggregation_temporality)
}

fn to(collector: &Collector) -> OtlpSettings {
    OtlpSettings::new(&format!("http://127.0.0.1:{}/v1/metrics", collector.port())).unwrap()
}

fn build(to: OtlpSettings) -> Telemetry {
    let builder = Telemetry::builder("metrics").with_metrics_otlp(to);
    builder.build().unwrap()
}

fn record(telemetry: &Telemetry) {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, call);
}

#[test]
fn what_is_recorded_arrives_in_protobuf_and_in_json() {
    for format in [OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson] {
        let collector = Collector::start();
        let telemetry = build(to(&collector).with_protocol(format).with_gzip(true));
        record(&telemetry);
        record(&telemetry);
        assert_eq!(telemetry.shutdown(LONG), Ok(()));
        let request = collector.only();
        assert_eq!(request.uri, "/v1/metrics");
        let calls = of(&request, "app.calls");
        assert_eq!((sum(&calls), &*calls.unit), ((2, 2), "{call}"));
        assert_eq!(sum(&of(&request, "app.open")), (4, 2));
        let duration = of(&request, "rpc.client.call.duration");
        let Some(Data::Histogram(histogram)) = &duration.data else {
            panic!("{duration:?}")
        };
        let [point] = &histogram.data_points[..] else {
            panic!("{histogram:?}")
        };
        assert_eq!((point.count, point.explicit_bounds.len()), (2, 14));
        let keys: Vec<_> = point.attributes.iter().map(|pair| &*pair.key).collect();
        assert!(keys.contains(&"rpc.method") && keys.contains(&"rpc.system.name"));
        assert_eq!(keys.len(), 2);
    }
}

#[test]
fn a_flush_sends_what_there_is_and_a_temporality_says_since_when() {
    let rows = [
        (Temporality::Cumulative, [(1, 2), (2, 2)], (4, 2)),
        (Temporality::Delta, [(1, 1), (1, 1)], (4, 2)),
        (Temporality::LowMemory, [(1, 1), (1, 1)], (4, 2)),
    ];
    for (temporality, calls, open) in rows {
        let collector = Collector::start();
        let builder = Telemetry::builder("metrics")
            .with_metrics_otlp(to(&collector))
            .with_metric_temporality(temporality);
        let telemetry = builder.build().unwrap();
        for _ in 0..2 {
            record(&telemetry);
            assert!(telemetry.flush(LONG));
        }
        let received = collector.received();
        let found: Vec<_> = received
            .iter()
            .map(|request| sum(&of(request, "app.calls")))
            .collect();
        assert_eq!(found, calls, "{temporality:?}");
        assert_eq!(sum(&of(&received[1], "app.open")), open, "{temporality:?}");
        assert!(telemetry.shutdown_metrics(LONG));
    }
}

#[test]
fn it_is_exported_again_and_again_by_itself() {
    let collector = Collector::start();
    let builder = Telemetry::builder("metrics")
        .with_metrics_otlp(to(&collector))
        .with_metric_interval(Duration::from_millis(5));
    let telemetry = builder.build().unwrap();
    record(&telemetry);
    let start = Instant::now();
    while collector.received().len() < 3 {
        assert!(start.elapsed() < LONG);
        std::thread::yield_now();
    }
    assert_eq!(sum(&of(&collector.received()[2], "app.calls")), (1, 2));
}

#[test]
fn several_exporters_get_the_same() {
    let collectors = [Collector::start(), Collector::start()];
    let memory = InMemoryMetricExporter::default();
    let [first, second] = &collectors;
    let builder = Telemetry::builder("metrics")
        .with_metrics_otlp(to(first))
        .with_metrics_otlp(to(second))
        .with_metrics_console()
        .with_metric_exporter(memory.clone());
    let telemetry = builder.build().unwrap();
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    for collector in &collectors {
        assert_eq!(sum(&of(&collector.only(), "app.calls")), (1, 2));
    }
    assert_eq!(memory.get_finished_metrics().unwrap().len(), 1);
}

#[test]
fn spans_that_are_lost_are_metrics() {
    let refusing = Collector::that_answers(|_| StatusCode::BAD_REQUEST.into_response());
    let collector = Collector::start();
    let builder = Telemetry::builder("metrics")
        .with_otlp(OtlpSettings::new(&refusing.url()).unwrap())
        .with_metrics_otlp(to(&collector));
    let telemetry = builder.build().unwrap();
    record(&telemetry);
    assert!(!telemetry.flush(LONG), "the spans were refused");
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!((lost.failed, lost.metrics), (1, false));
    let request = collector.received().pop().unwrap();
    assert_eq!(
        sum(&of(&request, "otel.sdk.processor.span.processed")),
        (1, 2)
    );
    let exported = of(&request, "otel.sdk.exporter.span.exported");
    assert_eq!(sum(&exported), (1, 2));
    let Some(Data::Sum(exported)) = exported.data else {
        unreachable!("it is a sum")
    };
    assert_eq!(exported.data_points[0].attributes[0].key, "error.type");
}

#[test]
fn a_collector_that_never_answers_costs_no_more_than_the_time_that_was_given() {
    // It takes connections, and nobody reads them.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let telemetry = build(OtlpSettings::new(&url).unwrap());
    record(&telemetry);
    let start = Instant::now();
    for _ in 0..9 {
        assert!(!telemetry.flush(Duration::from_millis(20)));
    }
    for _ in 0..2 {
        let lost = telemetry.shutdown(Duration::from_millis(50)).unwrap_err();
        assert!(lost.metrics && !lost.unfinished, "{lost}");
        assert_eq!(lost.to_string(), "the last metrics were not exported");
    }
    assert!(!telemetry.shutdown_metrics(Duration::from_millis(1)));
    drop(telemetry);
    // Not the ten seconds of the request.
    assert!(start.elapsed() < BOUND);
}

#[test]
fn what_a_collector_of_metrics_refuses_is_told_and_spans_are_not_lost_with_it() {
    let collector = Collector::that_answers(|_| StatusCode::UNAUTHORIZED.into_response());
    let spans = Collector::start();
    let builder = Telemetry::builder("metrics")
        .with_otlp(OtlpSettings::new(&spans.url()).unwrap())
        .with_metrics_otlp(to(&collector));
    let telemetry = builder.build().unwrap();
    record(&telemetry);
    for _ in 0..2 {
        let lost = telemetry.shutdown(LONG).unwrap_err();
        assert_eq!((lost.metrics, lost.failed, lost.dropped), (true, 0, 0));
    }
    assert_eq!(spans.only().spans(), ["a.B/C"]);
}

fn runtimes() -> Vec<Runtime> {
    let mut runtimes = vec![Builder::new_current_thread().enable_all().build().unwrap()];
    for workers in [1, 2, 4] {
        let mut builder = Builder::new_multi_thread();
        runtimes.push(
            builder
                .worker_threads(workers)
                .enable_all()
                .build()
                .unwrap(),
        );
    }
    runtimes
}

/// Set up, used and shut down.
fn whole(collector: &Collector) {
    let telemetry = build(to(collector));
    record(&telemetry);
    let start = Instant::now();
    assert!(telemetry.flush(BOUND));
    assert_eq!(telemetry.shutdown(BOUND), Ok(()));
    assert_eq!(telemetry.shutdown(BOUND), Ok(()), "again");
    assert!(start.elapsed() < BOUND);
    let received = collector.received();
    assert_eq!(received.len(), 2, "by the flush and at the end");
    assert_eq!(sum(&of(&received[1], "app.calls")), (1, 2));
}

#[test]
fn wherever_it_is_set_up_and_shut_down_metrics_arrive() {
    whole(&Collector::start());
    for runtime in runtimes() {
        let collector = Collector::start();
        runtime.block_on(async { whole(&collector) });
        let collector = Collector::start();
        let task = async move {
            let collector = collector;
            tokio::spawn(async move {
                whole(&collector);
                collector
            })
            .await
        };
        drop(runtime.block_on(task).unwrap());
        let collector = Collector::start();
        let first = Builder::new_current_thread().build().unwrap();
        let telemetry = first.block_on(async { build(to(&collector)) });
        drop(first);
        runtime.block_on(async {
            record(&telemetry);
            let start = Instant::now();
            drop(telemetry);
            assert!(start.elapsed() < BOUND);
        });
        assert_eq!(sum(&of(&collector.only(), "app.calls")), (1, 2));
    }
}

#[test]
fn a_child_of_fork_and_exec_costs_nothing() {
    let collector = Collector::start();
    let telemetry = build(to(&collector));
    record(&telemetry);
    assert!(Command::new("true").status().unwrap().success());
    assert_eq!(telemetry.shutdown(BOUND), Ok(()));
    assert_eq!(sum(&of(&collector.only(), "app.calls")), (1, 2));
}

#[test]
fn without_an_exporter_there_is_no_thread_and_no_metric() {
    let telemetry = Telemetry::builder("metrics").build().unwrap();
    record(&telemetry);
    assert!(telemetry.flush(LONG) && telemetry.shutdown_metrics(LONG));
    for variables in [
        &[("OTEL_METRICS_EXPORTER", "none")][..],
        &[
            ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_SDK_DISABLED", "true"),
        ],
    ] {
        let run = Run::with(variables);
        assert!(run.metrics.is_empty());
        let thread = if cfg!(target_os = "linux") {
            "false"
        } else {
            "unknown"
        };
        run.assert_printed(&format!("thread for metrics: {thread}"));
    }
}

/// The service with metrics and these variables.
fn service(variables: &[(&str, &str)]) -> Run {
    let mut all = vec![
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ];
    all.extend(variables);
    Run::with(&all)
}

/// The last request of a service.
fn last(run: &Run) -> &Received {
    run.metrics.last().unwrap_or_else(|| panic!("{}", run.log))
}

#[test]
fn nothing_but_an_endpoint_is_needed_and_libraries_are_in_it() {
    for flavor in ["none", "current/main", "1/task"] {
        let run = Run::with(&[("OTEL_METRICS_EXPORTER", "otlp"), (RUNTIME, flavor)]);
        run.assert_printed("shut down: Ok(())");
        assert!(run.warnings().is_empty(), "{}", run.log);
        let last = last(&run);
        assert_eq!(sum(&of(last, "app.requests")), (2, 2));
        assert_eq!(sum(&of(last, "library.calls")), (1, 2));
        assert!(
            run.received
                .iter()
                .all(|request| request.uri == "/v1/traces")
        );
    }
}

#[test]
fn the_variables_say_how_metrics_are_exported() {
    let run = service(&[("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta")]);
    assert_eq!(sum(&of(last(&run), "app.requests")), (2, 1));
    let run = service(&[(
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "lowmemory",
    )]);
    assert_eq!(sum(&of(last(&run), "app.requests")), (2, 1));
    let run = service(&[(
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "base2_exponential_bucket_histogram",
    )]);
    let waits = of(last(&run), "app.waits");
    assert!(
        matches!(waits.data, Some(Data::ExponentialHistogram(_))),
        "{waits:?}"
    );
    let run = service(&[
        ("OTEL_METRIC_EXPORT_INTERVAL", "20000"),
        ("OTEL_METRIC_EXPORT_TIMEOUT", "7000"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
    ]);
    run.assert_understood("metrics:     every 20s, timeout 7s, cumulative, explicit buckets");
    assert_eq!(last(&run).header("content-type"), "application/json");
    assert_eq!(sum(&of(last(&run), "app.requests")), (2, 2));
}

#[test]
fn what_the_variables_cannot_say_is_told() {
    let rows = [
        ("OTEL_METRIC_EXPORT_INTERVAL", "0"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1m"),
        ("OTEL_METRIC_EXPORT_TIMEOUT", "long"),
        ("OTEL_METRICS_EXEMPLAR_FILTER", "trace_based"),
        (
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            "sometimes",
        ),
    ];
    for (name, value) in rows {
        let run = service(&[(name, value)]);
        let [warning] = run.warnings()[..] else {
            panic!("{name}: {}", run.log)
        };
        assert!(warning.contains(&format!("`{name}` ")), "{warning}");
        run.assert_understood("metrics:     every 60s, timeout 30s, cumulative, explicit buckets");
        assert_eq!(sum(&of(last(&run), "app.requests")), (2, 2));
    }
}

#[test]
fn the_console_shows_metrics_as_lines() {
    let run = Run::alone(&[
        ("OTEL_METRICS_EXPORTER", "console"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ]);
    let line = "metric app.requests kind=test: 2 {request}";
    assert!(run.log.lines().any(|shown| shown == line), "{}", run.log);
    let line = "metric app.waits: 1 values, together 0.25 s";
    assert!(run.log.lines().any(|shown| shown == line), "{}", run.log);
}

#[test]
fn a_collector_of_metrics_that_is_not_there_is_told_without_its_secrets() {
    let output = command(&[
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_TRACES_EXPORTER", "none"),
        (
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            "http://127.0.0.1:9/v1/metrics?key=secret",
        ),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "api-key=secret"),
        ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "50"),
    ])
    .output()
    .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("metrics were not exported"), "{log}");
    assert!(!log.contains("secret"), "{log}");
}
