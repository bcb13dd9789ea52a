//! S24: telemetry never changes results.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use relay_client::host::Report;
use relay_client::processes;
use relay_client::relay::RelayError;
use relay_client::telemetry::{TRACES, VARIABLES, engine};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::time::timeout;
use tracing_relay::engine::{Builder, Engine};
use tracing_relay::{TraceScope, relay_traced};

use crate::collectors::{Fault, Faulty};
use crate::support::{World, assert_as_expected, program};

/// A guard against tests that hang; nothing is expected to take so long.
const PATIENCE: Duration = Duration::from_secs(60);

async fn the_report_with_a_collector_that(fault: Fault) {
    let world = World::without_scopes().await;
    let collector = Faulty::start(fault).await;
    let host = world.host(Some(&collector.url), &["--patience", "200"]);
    let host = host.await;
    assert_as_expected(&host.report);
    assert!(
        host.log.contains("the component lost spans"),
        "{}",
        host.log
    );
}

#[tokio::test]
async fn s24_a_collector_that_refuses_changes_no_result() {
    the_report_with_a_collector_that(Fault::Refuses).await;
}

#[tokio::test]
async fn s24_a_collector_that_hangs_changes_no_result() {
    the_report_with_a_collector_that(Fault::Hangs).await;
}

#[tokio::test]
async fn s24_a_collector_that_fails_changes_no_result() {
    the_report_with_a_collector_that(Fault::Fails).await;
}

#[tokio::test]
async fn s24_a_collector_that_resets_changes_no_result() {
    the_report_with_a_collector_that(Fault::Resets).await;
}

/// Whoever waited for an export would wait for ten minutes.
#[tokio::test]
async fn s24_no_operation_waits_for_a_collector_that_hangs() {
    let world = World::without_scopes().await;
    let collector = Faulty::start(Fault::Hangs).await;
    let arguments = world.host_arguments(&["--patience", "600000"]);
    let mut command = processes::command(program(Some(&collector.url)), &arguments);
    let mut child = command.stderr(Stdio::null()).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();

    let line = timeout(PATIENCE, lines.next_line()).await;
    let line = line.expect("a report in time").expect("a pipe");
    let report: Report = serde_json::from_str(&line.expect("a report")).expect("a report");
    assert_as_expected(&report);
    let asked = timeout(PATIENCE, collector.asked()).await;
    asked.expect("the collector was called");
    child.kill().await.expect("it runs");
}

static SHARED: TraceScope = TraceScope::new("shared");

type Answer = Result<Arc<str>, Arc<RelayError>>;

#[relay_traced(scope = SHARED)]
async fn answer(answer: Answer) -> Answer {
    tokio::task::yield_now().await;
    answer
}

struct Panics;

impl std::fmt::Debug for Panics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Panics")
    }
}

impl SpanExporter for Panics {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        panic!("the exporter panics");
    }
}

async fn assert_same_answers(engine: Builder, what: &str) {
    let installation = SHARED.install(engine).expect("a thread");
    assert!(SHARED.is_installed(), "{what}");
    let text: Arc<str> = "answer".into();
    let error = Arc::new(RelayError::Closed);
    for _ in 0..100 {
        let same = answer(Ok(Arc::clone(&text))).await;
        assert!(same.is_ok_and(|same| Arc::ptr_eq(&same, &text)), "{what}");
        let same = answer(Err(Arc::clone(&error))).await;
        assert!(same.is_err_and(|same| Arc::ptr_eq(&same, &error)), "{what}");
    }
    let lost = tokio::task::spawn_blocking(move || {
        installation.uninstall(Duration::from_millis(200));
        let statistics = installation.statistics();
        statistics.exported
    });
    assert_eq!(lost.await.expect("no panic"), 0, "{what}");
}

#[tokio::test]
async fn s24_results_are_the_same_objects_whatever_the_exporter_does() {
    for fault in Fault::ALL {
        let collector = Faulty::start(fault).await;
        let config = TRACES.resolve_with(|variable| {
            let at = VARIABLES.iter().position(|name| *name == variable)?;
            let url = format!("{}/v1/traces", collector.url);
            Some([&*url, "dataset", "token"][at].to_owned())
        });
        let config = config
            .expect("all three")
            .with_timeout(Duration::from_millis(200));
        let engine = engine(&config).expect("an exporter");
        assert_same_answers(engine, &format!("{fault:?}")).await;
    }
    assert_same_answers(Engine::builder().with_exporter(Panics), "panics").await;
}

#[tokio::test]
async fn s24_a_failed_operation_says_why_and_what_was_behind_it() {
    let world = World::with_scopes().await;
    let nobody = Faulty::start(Fault::Refuses).await;
    let mut arguments = world.host_arguments(&[]);
    let relay = arguments.iter().position(|argument| *argument == "--relay");
    arguments[relay.expect("it is there") + 1] = &nobody.url;
    let output = processes::run(program(Some(world.product.url())), &arguments).await;
    assert!(output.expect("it ends").status.success());
    let product = world.end().await.product;

    let [link] = product.named("relay.environment.link")[..] else {
        panic!("one link");
    };
    let error = link.error.as_deref().expect("an error");
    let (own, cause) = error.split_once(": ").expect("a cause");
    assert_eq!(own, "the request to the relay failed");
    assert!(cause.contains("onnect"), "{cause}");
}
