//! The export over OTLP: what a collector receives from the processes, and what one that does not
//! work costs them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::iter;
use std::net::TcpListener as StdListener;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use tokio::net::TcpListener;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// A server that nobody asks for a turn.
const SERVE: &[&str] = &["serve", "--model", "http://127.0.0.1:1"];
const REQUEST: &str = "{\"id\":1,\"method\":\"thread/start\"}\n";

/// Runs the program with this input. Of what the environment of the tests says about export and about
/// proxies, it sees nothing but these variables.
async fn run(arguments: &[&str], input: &'static str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app_server"));
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if upper.starts_with("OTEL_") || upper.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = tokio::task::spawn_blocking(move || {
        let mut program = command.spawn().expect("the program starts");
        let mut stdin = program.stdin.take().expect("a pipe");
        stdin
            .write_all(input.as_bytes())
            .expect("the program reads");
        drop(stdin);
        program.wait_with_output().expect("the program ends")
    });
    ended.await.expect("no panic")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A request that a collector received.
struct Export {
    path: String,
    headers: HeaderMap,
    body: ExportTraceServiceRequest,
}

/// A collector that answers with one status, whatever it receives.
struct Collector {
    endpoint: String,
    exports: mpsc::Receiver<Export>,
}

impl Collector {
    async fn start(status: StatusCode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, exports) = mpsc::channel();
        let receive = move |uri: Uri, headers: HeaderMap, body: Bytes| async move {
            let path = uri.path().to_owned();
            let body = ExportTraceServiceRequest::decode(body).expect("protobuf");
            let export = Export {
                path,
                headers,
                body,
            };
            sender.send(export).expect("the test waits");
            status
        };
        let routes = Router::new().fallback(receive);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            endpoint: format!("http://{address}"),
            exports,
        }
    }

    /// What has come so far.
    fn exports(&self) -> Vec<Export> {
        let exports: Vec<_> = self.exports.try_iter().collect();
        for Export { headers, .. } in &exports {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            assert!(!headers.contains_key("traceparent"), "{headers:?}");
        }
        exports
    }
}

/// The attribute of a resource, if it is text.
fn attribute<'a>(resource: &'a Resource, key: &str) -> Option<&'a str> {
    let mut attributes = resource.attributes.iter();
    let attribute = attributes.find(|attribute| attribute.key == key)?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

struct Span {
    service: String,
    name: String,
    parent: Vec<u8>,
}

/// The spans by trace and id.
type Traces = BTreeMap<String, BTreeMap<Vec<u8>, Span>>;

fn traces(exports: Vec<Export>) -> Traces {
    let mut traces = Traces::new();
    for of_resource in exports.into_iter().flat_map(|e| e.body.resource_spans) {
        let resource = of_resource.resource.expect("a resource");
        let service = attribute(&resource, "service.name").expect("a name");
        for span in of_resource.scope_spans.into_iter().flat_map(|s| s.spans) {
            let digits = span.trace_id.iter().map(|byte| format!("{byte:02x}"));
            let trace = traces.entry(digits.collect()).or_default();
            let received = Span {
                service: service.to_owned(),
                name: span.name,
                parent: span.parent_span_id,
            };
            let twice = trace.insert(span.span_id, received);
            assert!(twice.is_none(), "a span came twice");
        }
    }
    traces
}

/// The span, its parent and so on.
fn path<'a>(trace: &'a BTreeMap<Vec<u8>, Span>, span: &'a Span) -> Vec<&'a Span> {
    let path = iter::successors(Some(span), |span| {
        (!span.parent.is_empty()).then(|| &trace[&span.parent])
    });
    // A path that is longer goes in circles.
    path.take(trace.len() + 1).collect()
}

/// The names of the spans by trace, as they were received.
fn received(traces: &Traces) -> BTreeMap<&str, Vec<&str>> {
    let names = traces.iter().map(|(id, trace)| {
        let mut names: Vec<_> = trace.values().map(|span| &*span.name).collect();
        names.sort_unstable();
        (&**id, names)
    });
    names.collect()
}

/// The names of the spans by trace, as the program drew them.
fn drawn(output: &Output) -> BTreeMap<&str, Vec<&str>> {
    let mut traces = BTreeMap::new();
    let mut names = None;
    for line in text(&output.stdout).lines() {
        if let Some(title) = line.strip_prefix("trace ") {
            let (id, _) = title.split_once(' ').expect("an id and a title");
            names = Some(traces.entry(id).or_insert_with(Vec::new));
        } else if line.contains(" ms  ")
            && let Some(names) = &mut names
        {
            let span = line.trim_start_matches(|c: char| !c.is_alphanumeric());
            let (name, _) = span.split_once("  ").expect("columns");
            names.push(name);
        }
    }
    for names in traces.values_mut() {
        names.sort_unstable();
    }
    traces
}

#[tokio::test]
async fn each_process_sends_its_spans_to_the_collector_of_the_environment() {
    let collector = Collector::start(StatusCode::OK).await;
    let output = run(&[], "", &[(ENDPOINT, &collector.endpoint)]).await;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");

    let exports = collector.exports();
    assert!(exports.iter().all(|export| export.path == "/v1/traces"));
    let traces = traces(exports);
    // What the program draws came to it on another way.
    assert!(!traces.is_empty());
    assert_eq!(received(&traces), drawn(&output));

    let mut services = BTreeSet::new();
    for trace in traces.values() {
        let roots = trace.values().filter(|span| span.parent.is_empty());
        assert_eq!(roots.count(), 1, "{:?}", received(&traces));
        for span in trace.values() {
            services.insert(&*span.service);
            let path = path(trace, span);
            let call = path.last().expect("the span itself");
            assert!(call.parent.is_empty());
            assert_eq!(call.name, "app_server.call");
            assert_eq!(call.service, "app_server-client");
            if span.service == "app_server-model" {
                assert!(path.iter().any(|span| span.service == "app_server-server"));
            }
        }
    }
    let three = ["app_server-client", "app_server-model", "app_server-server"];
    assert_eq!(services, three.into());
}

#[tokio::test]
async fn the_environment_names_the_service_and_adds_to_resource_and_headers() {
    for (service_name, expected) in [("named", "named"), ("", "other")] {
        let collector = Collector::start(StatusCode::OK).await;
        let endpoint = format!("{}/for/spans", collector.endpoint);
        let variables = [
            (ENDPOINT, "http://127.0.0.1:1"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &endpoint),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-token=a%20b"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,team=demo"),
            ("OTEL_SERVICE_NAME", service_name),
        ];
        let output = run(SERVE, REQUEST, &variables).await;
        assert!(output.status.success(), "{output:?}");
        assert_eq!(text(&output.stderr), "");

        let exports = collector.exports();
        assert_eq!(exports.len(), 1);
        assert_eq!(exports[0].path, "/for/spans");
        assert_eq!(exports[0].headers["x-token"], "a b");
        let resource = exports[0].body.resource_spans[0].resource.as_ref();
        let resource = resource.expect("a resource");
        assert_eq!(attribute(resource, "service.name"), Some(expected));
        let version = Some(env!("CARGO_PKG_VERSION"));
        assert_eq!(attribute(resource, "service.version"), version);
        assert_eq!(attribute(resource, "team"), Some("demo"));
        let language = Some("rust");
        assert_eq!(attribute(resource, "telemetry.sdk.language"), language);
    }
}

/// Plays the session with an export that fails: it ends as ever, and each process says what it lost.
async fn check_losses(variables: &[(&str, &str)]) {
    let start = Instant::now();
    let output = run(&[], "", variables).await;
    assert!(start.elapsed() < Duration::from_secs(30));
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).ends_with("the trace of each of them is whole.\n"));

    let spans = drawn(&output).values().map(Vec::len).sum::<usize>();
    let warnings: Vec<_> = text(&output.stderr).lines().collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    let mut lost = 0;
    for process in ["client", "server", "model"] {
        let of_process = |warning: &&&str| warning.contains(&format!("process=\"{process}\""));
        let warning = warnings.iter().find(of_process).expect(process);
        assert!(warning.contains("spans were lost"), "{warning}");
        assert!(warning.contains("HTTP export failed"), "{warning}");
        let (_, count) = warning.split_once("lost=").expect(warning);
        let (count, rest) = count.split_once(' ').expect(warning);
        assert!(rest.starts_with(&format!("ended={count} ")), "{warning}");
        lost += count.parse::<usize>().expect(warning);
    }
    assert_eq!(lost, spans);
}

#[tokio::test]
async fn a_dead_collector_costs_its_spans_and_nothing_else() {
    check_losses(&[(ENDPOINT, "http://127.0.0.1:1")]).await;
}

#[tokio::test]
async fn a_collector_that_fails_costs_its_spans_and_nothing_else() {
    let collector = Collector::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    check_losses(&[(ENDPOINT, &collector.endpoint)]).await;
    assert!(!collector.exports().is_empty());
}

#[tokio::test]
async fn a_collector_that_hangs_costs_its_spans_and_the_timeout_of_a_request() {
    // The system accepts connections, and nobody reads from them.
    let listener = StdListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    check_losses(&[(ENDPOINT, &endpoint), ("OTEL_EXPORTER_OTLP_TIMEOUT", "300")]).await;
}

#[tokio::test]
async fn a_process_does_not_wait_for_a_request_that_hangs_longer_than_its_shutdown_may_take() {
    let listener = StdListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let start = Instant::now();
    let variables = [
        (ENDPOINT, &*endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"),
    ];
    let output = run(SERVE, REQUEST, &variables).await;
    // Five seconds, and some for a machine that is busy.
    assert!(start.elapsed() < Duration::from_secs(15));
    assert!(output.status.success(), "{output:?}");
    let warning = text(&output.stderr);
    assert_eq!(warning.lines().count(), 1, "{warning}");
    assert!(warning.contains("lost=1 ended=1 reason="), "{warning}");
}

#[tokio::test]
async fn an_export_that_the_demo_cannot_do_is_refused_at_the_start() {
    for (variable, value, remedy) in [
        (ENDPOINT, "https://127.0.0.1:1", "must be an `http://` URL"),
        (ENDPOINT, "127.0.0.1:4318", "must be an `http://` URL"),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            "must be `http/protobuf`",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "http/json",
            "must be `http/protobuf`",
        ),
        (
            "OTEL_EXPORTER_OTLP_TIMEOUT",
            "5s",
            "must be a number of milliseconds",
        ),
    ] {
        let variables = [(ENDPOINT, "http://127.0.0.1:1"), (variable, value)];
        let output = run(SERVE, REQUEST, &variables).await;
        assert!(output.status.success(), "{output:?}");
        let warning = text(&output.stderr);
        assert_eq!(warning.lines().count(), 1, "{warning}");
        let expected = format!("`{variable}` {remedy}");
        assert!(warning.contains(&expected), "{warning}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_empty_is_none() {
    let variables = [(ENDPOINT, ""), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    let output = run(SERVE, REQUEST, &variables).await;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
}
