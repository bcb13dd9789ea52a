//! The first example of the README, with the trace that is shown below it.

use tracing_relay::testing::Traces;
use tracing_relay::{assert_trace, carries_trace, request_span, traced};

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
