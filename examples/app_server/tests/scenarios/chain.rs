//! One trace from the request to the model, and when its spans end.

use serde_json::json;
use tracing_relay::testing::{Pipeline, Traces};

use super::support::{self, Parts, on_each_runtime, tp};

on_each_runtime! {
    s10_one_chain_from_the_request_to_the_model
    s10_what_is_asked_of_the_model_itself_is_a_chain_too
    s10_a_review_goes_through_its_delegate_in_its_trace
    s11_request_and_dispatch_end_while_the_turn_runs
}

mod scenario {
    use app_server::model::{RESPONSES, answer};
    use axum::Router;
    use axum::routing::post;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::Notify;
    use tracing_relay::assert_trace;

    use super::{Parts, Traces, json, support, tp};

    pub(super) async fn s10_one_chain_from_the_request_to_the_model(traces: Traces) {
        let (model, mut requests) = support::model_with_headers();
        let parts = Parts::with_model(model).await;
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        let trace = json!({"traceparent": tp(77, 88)});
        connection.start_turn(&thread, Some(trace)).await;
        connection.turn_completed().await;
        connection.close().await;

        assert_trace!(
            traces,
            r#"
            server turn/start <- remote 00000000000000000000000000000077-0000000000000088
              consumer op.dispatch.user_turn {codex.op="user_turn", submission.id="turn-1"} => completed
                internal turn {turn.id="turn-1", thread.id="thread-1", model="canned-1", codex.turn.kind="user_turn"} => completed
                  internal run_turn => completed
                    client model_request => completed
                      server "POST /v1/responses" <- remote => completed
                      internal sampling {gen_ai.usage.output_tokens=4} => completed

            internal name_thread ~> turn/start => completed
            "#
        );
        let headers = requests.recv().await.expect("the model was asked");
        let request = traces.span("model_request");
        let traceparent = request.context().traceparent();
        assert_eq!(headers["traceparent"], traceparent.as_str());
    }

    pub(super) async fn s10_what_is_asked_of_the_model_itself_is_a_chain_too(traces: Traces) {
        let parts = Parts::start().await;
        let mut connection = parts.connect(1);
        let response = connection.call("model/list", json!({})).await;
        let models = json!({"data": [{"id": "canned-1"}]});
        assert_eq!(support::result(&response), &models);
        connection.close().await;
        assert_trace!(
            traces,
            r#"
            server model/list => completed
              client list_models {http.request.method="GET"} => completed
                server "GET /v1/models" <- remote => completed
            "#
        );
    }

    pub(super) async fn s10_a_review_goes_through_its_delegate_in_its_trace(traces: Traces) {
        let parts = Parts::start().await;
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        let params = json!({"threadId": thread, "instructions": "look"});
        connection.call("review/start", params).await;
        connection.turn_completed().await;
        connection.close().await;
        assert_trace!(
            traces,
            r#"
            server review/start {turn.id="turn-1"} => completed
              consumer op.dispatch.review => completed
                internal turn {codex.turn.kind="review"} => completed
                  internal run_turn => completed
                    client model_request => completed
                      server "POST /v1/responses" <- remote => completed
                      internal sampling => completed
            "#
        );
    }

    pub(super) async fn s11_request_and_dispatch_end_while_the_turn_runs(traces: Traces) {
        let asked = Arc::new(Notify::new());
        let latch = Arc::new(Notify::new());
        let model = Router::new().route(
            RESPONSES,
            post({
                let (asked, latch) = (Arc::clone(&asked), Arc::clone(&latch));
                async move || {
                    asked.notify_one();
                    latch.notified().await;
                    answer("yes", Duration::ZERO)
                }
            }),
        );
        let parts = Parts::with_model(model).await;
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        traces.clear();
        connection.start_turn(&thread, None).await;
        asked.notified().await;
        traces.wait_for("turn/start").await;
        traces.wait_for("op.dispatch.user_turn").await;
        let mut before = traces.exported();
        before.sort_unstable();
        assert_eq!(before, ["op.dispatch.user_turn", "turn/start"]);
        let mut open = traces.open();
        // A task of its own, which may begin later.
        open.retain(|name| name != "name_thread");
        open.sort_unstable();
        assert_eq!(open, ["model_request", "run_turn", "turn"]);

        latch.notify_one();
        connection.turn_completed().await;
        connection.close().await;
        assert_eq!(
            traces.exported()[2..],
            [
                "sampling",
                "model_request",
                "run_turn",
                "turn",
                "name_thread"
            ]
        );
        assert_eq!(traces.open(), [""; 0]);
    }
}

#[test]
fn s13_two_hundred_turns_at_once_stay_in_their_traces() {
    for workers in [None, Some(2), Some(4)] {
        let mut pipeline = Pipeline::new();
        if let Some(workers) = workers {
            pipeline = pipeline.worker_threads(workers);
        }
        let traces = pipeline.run(two_hundred_turns);
        check_no_crosstalk(&traces);
    }
}

/// Each turn over a connection of its own, with the trace of its number.
async fn two_hundred_turns(traces: Traces) -> Traces {
    let parts = Parts::with_model(dawdling_model()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=200 {
        let mut connection = parts.connect(number);
        tasks.spawn(async move {
            let thread = connection.start_thread().await;
            let trace = json!({"traceparent": tp(number, number + 1000)});
            connection.start_turn(&thread, Some(trace)).await;
            connection.turn_completed().await;
            connection.close().await;
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic");
    }
    traces
}

/// The demo's model, where each prompt waits for another time: the scenario wants turns that overtake
/// each other.
fn dawdling_model() -> axum::Router {
    let seed = std::hash::RandomState::new();
    app_server::model::router().layer(axum::middleware::map_request(
        move |request: axum::extract::Request| {
            use std::hash::BuildHasher as _;
            let traceparent = request.headers()["traceparent"].clone();
            let millis = seed.hash_one(traceparent) % 30;
            async move {
                tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
                request
            }
        },
    ))
}

#[track_caller]
fn check_no_crosstalk(traces: &Traces) {
    let spans = traces.spans();
    for number in 1..=200 {
        let given = support::context(number, number + 1000);
        let mut own: Vec<_> = spans
            .iter()
            .filter(|span| span.trace_id() == given.trace_id())
            .collect();
        own.sort_unstable_by_key(|span| span.name());
        let names: Vec<_> = own.iter().map(|span| span.name()).collect();
        assert_eq!(
            names,
            [
                "POST /v1/responses",
                "model_request",
                "op.dispatch.user_turn",
                "run_turn",
                "sampling",
                "turn",
                "turn/start"
            ]
        );
        for span in &own {
            let parent = span.parent().expect("none is a root");
            let known = own.iter().any(|other| other.span_id() == parent);
            assert!(known || parent == given.span_id(), "{span:?}");
        }
    }
    // Beside the turns, each connection has started a thread, which was given a name.
    assert_eq!(spans.len(), 200 * 7 + 200 * 2);
}
