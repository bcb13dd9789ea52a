//! S23: what a collector gets of a scope, and what becomes of a request that goes wrong.

use std::process::Command;
use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse as _;
use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use tracing::Dispatch;
use tracing_relay::engine::Engine;
use tracing_relay::scope::{self, ScopeConfig, ScopeVariables};
use tracing_relay::{TraceScope, relay_traced, traced};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::collector::{Answer, Collector};

/// As long as no machine needs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

#[traced(name = "relay.link")]
fn link() {}

/// Where a component of this test sends its spans.
pub(crate) fn config(url: &str) -> ScopeConfig {
    ScopeVariables::new("RELAY")
        .allow_loopback_http()
        .resolve_with(|variable| {
            let value = match variable {
                "RELAY_URL" => url,
                "RELAY_DATASET" => "ds",
                _ => "tok",
            };
            Some(value.to_owned())
        })
        .unwrap()
}

/// An engine that sends to this place.
pub(crate) fn engine(config: &ScopeConfig) -> Engine {
    Engine::builder()
        .with_exporter(config.exporter().unwrap())
        .build()
        .unwrap()
}

fn dispatch(engine: &Engine) -> Dispatch {
    Dispatch::new(tracing_subscriber::registry().with(engine.layer()))
}

/// One span of the component.
pub(crate) fn relay_span(engine: &Engine) {
    tracing::dispatcher::with_default(&dispatch(engine), link);
}

/// The spans that were exported, what became of the flush, and the log of the losses.
fn export_one(config: &ScopeConfig) -> (bool, u64) {
    let engine = engine(config);
    relay_span(&engine);
    (engine.flush(LONG), engine.statistics().exported)
}

#[test]
fn s23_one_relay_span_is_one_request_and_spans_of_the_user_are_none() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.link")]
    fn link() {
        scope::run_outside(of_the_user);
    }

    #[traced(name = "user.operation")]
    fn of_the_user() {}

    let collector = Collector::start();
    let resource = Resource::builder_empty()
        .with_service_name("t3-headless-relay-client")
        .with_attributes([
            KeyValue::new("service.runtime", "native"),
            KeyValue::new("service.component", "relay-client"),
            KeyValue::new("t3.client.surface", "headless-cli"),
        ])
        .build();
    let relay = Engine::builder()
        .with_exporter(config(&collector.url()).exporter().unwrap())
        .with_resource(resource);
    let spans = InMemorySpanExporter::default();
    let user = Engine::builder()
        .with_exporter(spans.clone())
        .build()
        .unwrap();

    let installation = tracing::dispatcher::with_default(&dispatch(&user), || {
        let installation = RELAY.install(relay).unwrap();
        of_the_user();
        link();
        of_the_user();
        installation
    });
    assert!(installation.flush(LONG) && user.flush(LONG));

    let request = collector.only();
    assert_eq!(request.method, Method::POST);
    assert_eq!(request.uri.to_string(), "/v1/traces");
    assert_eq!(request.header("authorization"), "Bearer tok");
    assert_eq!(request.header("x-axiom-dataset"), "ds");
    assert_eq!(request.header("content-type"), "application/x-protobuf");
    assert_eq!(
        request.header("user-agent"),
        concat!("tracing-relay/", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(request.spans(), ["relay.link"]);
    let resource = [
        ("service.component", "relay-client"),
        ("service.name", "t3-headless-relay-client"),
        ("service.runtime", "native"),
        ("t3.client.surface", "headless-cli"),
    ];
    let resource = resource.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(request.resource(), resource);
    let exported: Vec<SpanData> = spans.get_finished_spans().unwrap();
    assert_eq!(exported.len(), 3);
    assert!(exported.iter().all(|span| span.name == "user.operation"));

    assert!(installation.uninstall(LONG));
    assert_eq!(collector.received().len(), 1, "nothing comes after");
}

#[test]
fn several_batches_go_over_one_exporter() {
    let collector = Collector::start();
    let engine = engine(&config(&collector.url()));
    for _ in 0..3 {
        relay_span(&engine);
        assert!(engine.flush(LONG));
    }
    assert_eq!(engine.statistics().exported, 3);
    let received = collector.received();
    assert_eq!(received.len(), 3);
    assert!(
        received
            .iter()
            .all(|request| request.spans() == ["relay.link"])
    );
}

#[test]
fn an_exporter_is_made_installed_and_dropped_inside_every_runtime() {
    let collector = Collector::start();
    let config = config(&collector.url());
    let mut current = tokio::runtime::Builder::new_current_thread();
    let mut several = tokio::runtime::Builder::new_multi_thread();
    for builder in [&mut current, several.worker_threads(2)] {
        let runtime = builder.enable_all().build().unwrap();
        let config = config.clone();
        let work = async move {
            drop(config.exporter().unwrap());
            export_one(&config)
        };
        let exported = runtime.block_on(async { tokio::spawn(work).await.unwrap() });
        assert_eq!(exported, (true, 1));
    }
    assert_eq!(collector.received().len(), 2);
}

#[test]
fn on_a_thread_of_a_runtime_an_export_is_an_error_and_no_panic() {
    use opentelemetry_sdk::trace::SpanExporter as _;

    let collector = Collector::start();
    let exporter = config(&collector.url()).exporter().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let error = runtime.block_on(exporter.export(Vec::new())).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("on a thread of a runtime"), "{error}");
    assert!(collector.received().is_empty());
}

#[test]
fn what_the_collector_refuses_has_failed() {
    let rows: [(Answer, usize); 3] = [
        (|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), 1),
        (|_| StatusCode::UNAUTHORIZED.into_response(), 1),
        (
            |_| {
                (
                    StatusCode::TEMPORARY_REDIRECT,
                    [(header::LOCATION, "/elsewhere")],
                )
                    .into_response()
            },
            1,
        ),
    ];
    for (answer, requests) in rows {
        let collector = Collector::that_answers(answer);
        assert_eq!(export_one(&config(&collector.url())), (false, 0));
        let received = collector.received();
        assert_eq!(received.len(), requests);
        assert!(received.iter().all(|request| request.uri == "/v1/traces"));
    }
}

#[test]
fn a_collector_that_is_busy_gets_the_batch_again() {
    let collector = Collector::that_answers(|request| match request {
        0 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::OK.into_response(),
    });
    assert_eq!(export_one(&config(&collector.url())), (true, 1));
    let [first, second] = <[_; 2]>::try_from(collector.received()).unwrap();
    assert_eq!(first.body, second.body);
    assert_eq!(second.header("authorization"), "Bearer tok");
}

#[test]
fn a_collector_that_never_answers_costs_the_timeout_and_the_span() {
    // It takes connections, and nobody reads them.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let config = config(&url).with_timeout(Duration::from_millis(200));
    assert_eq!(export_one(&config), (false, 0));
}

/// Runs in the child of the test below.
#[test]
fn one_export_with_what_the_environment_says() {
    let collector = Collector::start();
    assert_eq!(export_one(&config(&collector.url())), (true, 1));
    let request = collector.only();
    let names: Vec<_> = request
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    println!("\nheaders: {names:?}");
    assert_eq!(request.header("authorization"), "Bearer tok");
    assert_eq!(request.header("x-axiom-dataset"), "ds");
    assert_eq!(request.uri.path(), "/v1/traces");
}

#[test]
fn what_the_environment_has_for_the_collector_of_the_application_is_not_sent_to_that_of_the_scope()
{
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "export::one_export_with_what_the_environment_says",
            "--nocapture",
        ])
        .env(
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer users,x-users-key=secret",
        )
        .env(
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
            "x-axiom-dataset=users,x-users-key=secret",
        )
        .env(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://127.0.0.1:9/users",
        )
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .env("OTEL_EXPORTER_OTLP_TIMEOUT", "0")
        .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        // One that nobody listens on.
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("http_proxy", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
    assert!(printed.contains("headers: "), "{printed}");
    assert!(!printed.contains("x-users-key"), "{printed}");
}
