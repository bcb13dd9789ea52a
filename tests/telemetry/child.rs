//! A service with one line of set-up, in a process of its own whose variables a test chooses.

use std::process::Command;
use std::time::{Duration, Instant};

use http::HeaderMap;
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use tokio::runtime::Builder;
use tracing_relay::metrics::{Counter, Histogram};
use tracing_relay::telemetry::{InitError, Telemetry, VARIABLES};
use tracing_relay::{otel, request_span, traced};
use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::collector::{Collector, Received};

/// As long as no machine needs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

const IS_CHILD: &str = "TRACING_RELAY_TEST_CHILD";

/// The flavor of the runtime that the service is in, and where in it.
pub(crate) const RUNTIME: &str = "TRACING_RELAY_TEST_RUNTIME";

/// A target whose events are in the traces.
pub(crate) const EVENTS: &str = "TRACING_RELAY_TEST_EVENTS";

pub(crate) const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

static REQUESTS: Counter<u64> = Counter::new("app.requests").with_unit("{request}");
static WAITS: Histogram<f64> = Histogram::new("app.waits").with_unit("s");

#[request_span(name = "telemetry.request")]
fn request(_headers: HeaderMap) {
    REQUESTS.add(2, [("kind", "test".into())]);
    WAITS.record(0.25, []);
    let context = tracing_relay::current_context().unwrap();
    println!("passed on: {}", context.traceparent());
}

#[traced(name = "telemetry.step", fields(a = 1, b = 2, text = "0123456789"))]
fn step() {
    tracing::info!(x = 1, y = 2, "first");
    tracing::info!("second");
    tracing::info!(target: "prompts", text = "0123456789", "what the user said");
    log::info!(target: "telemetry::log", "of the crate log");
    for id in 1..3 {
        let to = SpanContext::new(
            TraceId::from(1),
            SpanId::from(id),
            TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        );
        let attributes = ["k", "l"].map(|key| KeyValue::new(key, 1)).to_vec();
        otel::add_link(to, attributes);
    }
}

/// Runs in the children. On its own it sets nothing of the process.
#[test]
fn a_service_with_what_the_environment_says() {
    if !is_child() {
        let telemetry = Telemetry::builder("nobody").build().unwrap();
        assert_eq!(telemetry.shutdown(LONG), Ok(()));
        return;
    }
    let runtime = std::env::var(RUNTIME).unwrap_or_default();
    let (flavor, place) = runtime.split_once('/').unwrap_or(("none", ""));
    let mut builder = match flavor {
        "none" => return serve(),
        "current" => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if let Ok(workers) = flavor.parse() {
        builder.worker_threads(workers);
    }
    let runtime = builder.enable_all().build().unwrap();
    match place {
        "task" => runtime.block_on(async { tokio::spawn(async { serve() }).await.unwrap() }),
        _ => runtime.block_on(async { serve() }),
    }
}

/// What a `main` does.
fn serve() {
    // What the exporter does itself would be below any other level.
    let all = Targets::new().with_default(LevelFilter::TRACE);
    let mut builder = Telemetry::from_env()
        .with_level(LevelFilter::TRACE)
        .with_log_targets(all);
    if let Ok(target) = std::env::var(EVENTS) {
        let events = Targets::new().with_target(target, LevelFilter::TRACE);
        builder = builder.with_event_targets(events);
    }
    let telemetry = builder.init().unwrap();
    telemetry.print_settings();
    let again = Telemetry::builder("again").init();
    assert!(matches!(again, Err(InitError::AlreadySet)), "{again:?}");
    // A thread that answers has its name.
    assert!(telemetry.flush(LONG));
    println!("\nthread: {}", has_thread("tracing-relay"));
    // With nothing to export a flush is answered by nobody, and a thread names itself.
    let exports_logs = telemetry.logger_provider().is_some();
    let start = Instant::now();
    while exports_logs && has_thread("relay-logs") == "false" && start.elapsed() < LONG {
        std::thread::yield_now();
    }
    println!("thread for logs: {}", has_thread("relay-logs"));
    println!("thread for metrics: {}", has_thread("OpenTelemetry.M"));
    let mut headers = HeaderMap::new();
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    headers.insert("traceparent", parent.parse().unwrap());
    request(headers);
    step();
    let library = opentelemetry::global::meter("library");
    library.u64_counter("library.calls").build().add(1, &[]);
    let mut fields: Vec<String> = opentelemetry::global::get_text_map_propagator(|propagator| {
        propagator.fields().map(str::to_owned).collect()
    });
    fields.sort();
    println!("propagated: {fields:?}");
    println!("shut down: {:?}", telemetry.shutdown(LONG));
}

/// Whether there is a thread of this name, where the system says which threads there are.
fn has_thread(wanted: &str) -> String {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return "unknown".to_owned();
    };
    let mut names = threads.filter_map(|thread| {
        let path = thread.ok()?.path().join("comm");
        std::fs::read_to_string(path).ok()
    });
    names.any(|name| name.trim() == wanted).to_string()
}

/// The service with these variables, and without any other that it reads.
pub(crate) fn command(variables: &[(&str, &str)]) -> Command {
    command_of("child::a_service_with_what_the_environment_says", variables)
}

/// Whether this process is the child that runs a test of this binary.
pub(crate) fn is_child() -> bool {
    std::env::var_os(IS_CHILD).is_some()
}

/// A test of this binary in a process of its own.
pub(crate) fn command_of(test: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    for variable in VARIABLES {
        command.env_remove(variable.name);
    }
    for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command
            .env_remove(proxy)
            .env_remove(proxy.to_ascii_lowercase());
    }
    // Unless a test is about them.
    command
        .env("OTEL_METRICS_EXPORTER", "none")
        .env("OTEL_LOGS_EXPORTER", "none");
    command.env(IS_CHILD, "1").envs(variables.iter().copied());
    command
}

/// What became of a child.
pub(crate) struct Run {
    /// What came, but for metrics.
    pub(crate) received: Vec<Received>,
    /// What came at their usual place.
    pub(crate) metrics: Vec<Received>,
    /// Its standard output.
    pub(crate) printed: String,
    /// Its standard error.
    pub(crate) log: String,
}

impl Run {
    /// Runs the service with these variables.
    pub(crate) fn alone(variables: &[(&str, &str)]) -> Self {
        let output = command(variables).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (printed, log) = (text(output.stdout), text(output.stderr));
        let passed = output.status.success() && printed.contains("1 passed");
        assert!(passed, "{variables:?}\n{printed}\n{log}");
        Self {
            received: Vec::new(),
            metrics: Vec::new(),
            printed,
            log,
        }
    }

    /// The same, with a collector that takes everything, whose address stands for `ADDRESS` in the values. Where no
    /// variable names it, `OTEL_EXPORTER_OTLP_ENDPOINT` does.
    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        let collector = Collector::start();
        let address = format!("127.0.0.1:{}", collector.port());
        let mut values: Vec<_> = variables
            .iter()
            .map(|(name, value)| (*name, value.replace("ADDRESS", &address)))
            .collect();
        if !values.iter().any(|(_, value)| value.contains(&address)) {
            values.push(("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}")));
        }
        let values: Vec<_> = values
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        let run = Self::alone(&values);
        let received = collector.received().into_iter();
        let (metrics, received) = received.partition(|request| request.uri == "/v1/metrics");
        Self {
            received,
            metrics,
            ..run
        }
    }

    /// The one request.
    pub(crate) fn only(&self) -> &Received {
        let [request] = &self.received[..] else {
            panic!("{} requests\n{}", self.received.len(), self.log)
        };
        request
    }

    /// The warnings in the log.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        let lines = self.log.lines();
        lines.filter(|line| line.contains(" WARN ")).collect()
    }

    /// That a line was printed.
    pub(crate) fn assert_printed(&self, line: &str) {
        let printed = &self.printed;
        assert!(
            printed.lines().any(|printed| printed == line),
            "{line}\n{printed}"
        );
    }

    /// That the settings that were printed have this line.
    pub(crate) fn assert_understood(&self, line: &str) {
        let log = &self.log;
        assert!(log.lines().any(|shown| shown == line), "{line}\n{log}");
    }
}
