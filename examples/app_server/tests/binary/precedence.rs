//! S3: the carrier, else the environment, else none. In processes of their own, because a process
//! reads its environment once.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use app_server::collector::{Collector, SpanRecord};
use app_server::model;
use tokio::net::TcpListener;

const OUTSIDE: &str = "00-00000000000000000000000000000033-0000000000000044-01";
const CARRIER: &str = "00-00000000000000000000000000000011-0000000000000022-01";

/// A server that was started with this `TRACEPARENT`: its spans and what it wrote to standard error
/// after serving three requests with this carrier, the last of which starts a turn.
async fn serve(
    traceparent: Option<&'static str>,
    carrier: Option<&'static str>,
) -> (Vec<SpanRecord>, String) {
    let model = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", model.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(model, model::router()).await });
    let collector = Collector::start(1).await.expect("a free port");
    let spans = collector.address().to_string();
    let served = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_app_server"));
        command
            .args(["serve", "--model", &url, "--spans", &spans])
            .env_remove("TRACEPARENT")
            .envs(traceparent.map(|value| ("TRACEPARENT", value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut server = command.spawn().expect("the program starts");
        let trace = carrier.map(|carrier| format!(r#","trace":{{"traceparent":"{carrier}"}}"#));
        let trace = trace.unwrap_or_default();
        let mut stdin = server.stdin.take().expect("a pipe");
        write!(
            stdin,
            "\
{{\"id\":1,\"method\":\"thread/start\"{trace}}}
{{\"id\":2,\"method\":\"thread/start\"{trace}}}
{{\"id\":3,\"method\":\"turn/start\",\"params\":{{\"threadId\":\"thread-1\",\"input\":\"hi\"}}{trace}}}
"
        )
        .expect("the server reads");
        drop(stdin);
        server.wait_with_output().expect("the server ends")
    });
    let output = served.await.expect("no panic");
    assert!(output.status.success(), "{output:?}");
    let replies = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(replies.lines().count(), 4, "{replies}");
    assert!(replies.contains(r#""status":"completed""#), "{replies}");
    let spans = collector.finish(Duration::from_secs(60)).await;
    let errors = String::from_utf8(output.stderr).expect("UTF-8");
    (spans.expect("all spans"), errors)
}

fn requests(spans: &[SpanRecord]) -> Vec<&SpanRecord> {
    let requests: Vec<_> = spans
        .iter()
        .filter(|span| span.name == "app_server.request")
        .collect();
    assert_eq!(requests.len(), 3, "{spans:?}");
    requests
}

/// All spans are in the trace of this context, and the requests below it.
fn check_below(spans: &[SpanRecord], traceparent: &str) {
    let [trace_id, span_id] = [&traceparent[3..35], &traceparent[36..52]];
    assert_eq!(spans.len(), 7, "{spans:?}");
    for span in spans {
        assert_eq!(span.trace_id, trace_id, "{span:?}");
    }
    for request in requests(spans) {
        assert_eq!(request.parent_id.as_deref(), Some(span_id));
    }
}

/// Each request has a trace of its own, and that of the turn goes on.
fn check_roots(spans: &[SpanRecord]) {
    assert_eq!(spans.len(), 7, "{spans:?}");
    let requests = requests(spans);
    for request in &requests {
        assert_eq!(request.parent_id, None);
        assert_ne!(request.trace_id, OUTSIDE[3..35]);
    }
    for span in spans
        .iter()
        .filter(|span| span.name != "app_server.request")
    {
        assert_eq!(span.trace_id, requests[2].trace_id);
    }
}

#[tokio::test]
async fn s3_without_a_carrier_the_environment_is_the_parent() {
    let (spans, errors) = serve(Some(OUTSIDE), None).await;
    check_below(&spans, OUTSIDE);
    assert_eq!(errors, "");
}

#[tokio::test]
async fn s3_a_carrier_wins_over_the_environment_for_all_that_follows() {
    let (spans, errors) = serve(Some(OUTSIDE), Some(CARRIER)).await;
    check_below(&spans, CARRIER);
    assert_eq!(errors, "");
}

#[tokio::test]
async fn s3_an_invalid_environment_is_reported_once_for_the_process() {
    let (spans, errors) = serve(Some("00-33-44-01"), None).await;
    check_roots(&spans);
    assert_eq!(errors.matches("WARN").count(), 1, "{errors}");
    assert!(errors.contains("environment"), "{errors}");
}

#[tokio::test]
async fn s3_without_carrier_and_environment_a_request_is_a_root() {
    let (spans, errors) = serve(None, None).await;
    check_roots(&spans);
    assert_eq!(errors, "");
}

#[tokio::test]
async fn s4_a_bad_carrier_is_not_made_up_for_by_the_environment() {
    let (spans, errors) = serve(Some(OUTSIDE), Some("bad")).await;
    check_roots(&spans);
    assert_eq!(errors.matches("WARN").count(), 1, "{errors}");
}
