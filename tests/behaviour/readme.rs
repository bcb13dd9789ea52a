//! What the README shows: the trace below its first example, and a line of a log.

use tracing_relay::testing::Traces;
use tracing_relay::{Carried, TraceContext, assert_trace, carries_trace, request_span, traced};

#[carries_trace(new)]
struct Submission {
    prompt: String,
}

#[request_span(carrier = none, name = "turn/start")]
async fn start_turn(prompt: String, queue: tokio::sync::mpsc::Sender<Submission>) {
    let _ = queue.send(Submission::new(prompt)).await;
}

#[traced(kind = "consumer")]
async fn dispatch(submission: Submission) -> usize {
    submission.prompt.len()
}

#[tracing_relay::test]
async fn the_first_example_is_one_trace(traces: Traces) {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
    start_turn("hello".to_owned(), sender).await;
    assert_eq!(dispatch(receiver.recv().await.unwrap()).await, 5);
    assert_trace!(
        traces,
        "
        server turn/start => completed
          consumer dispatch => completed
        "
    );
}

#[request_span(name = "app_server.request", fields(rpc.method = request.value, rpc.request_id = id))]
fn handle(request: Carried<&str>, id: u64) {
    tracing::info!(target: "app_server", "started");
}

#[tracing_relay::test(ids = "sequential", logs = true)]
fn the_log_line_has_the_fields_and_the_ids(traces: Traces) {
    let context: TraceContext = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        .parse()
        .unwrap();
    handle(Carried::with_carrier("thread/start", context.into()), 2);

    let logs = traces.logs();
    let shown = include_str!("../../README.md")
        .lines()
        .find(|line| line.starts_with("INFO app_server.request"))
        .unwrap()
        .replace("00f067aa0ba902b7", "0000000000000001");
    assert!(logs.contains(&shown), "{logs}");
}
