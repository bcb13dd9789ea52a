//! S7: what a request learns while it is handled.

use super::support::on_each_runtime;

on_each_runtime! {
    s7_a_request_learns_the_turn_that_it_starts
    s7_a_fork_learns_its_thread_in_another_task
    a_late_answer_does_not_hold_up_the_next
    what_a_turn_is_asked_besides_it_answers_too
}

mod scenario {
    use app_server::model::MODELS;
    use app_server::protocol::{Event, RequestId, Response};
    use axum::Router;
    use axum::routing::get;
    use serde_json::json;
    use tokio_util::sync::CancellationToken;
    use tracing_relay::testing::{Span, Traces};

    use crate::support::{self, Obedient, Parts, error_code, result};

    /// The values that a key has.
    fn values(span: &Span, key: &str) -> Vec<String> {
        let attributes = span.attributes().iter();
        attributes
            .filter(|(found, _)| found == key)
            .map(|(_, value)| value.to_string())
            .collect()
    }

    fn id(response: &Response) -> &str {
        match &response.id {
            Some(RequestId::Text(id)) => id,
            other => panic!("another id: {other:?}"),
        }
    }

    pub(super) async fn s7_a_request_learns_the_turn_that_it_starts(traces: Traces) {
        let (parts, _) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        let response = connection.start_turn(&thread, None).await;
        connection.close().await;
        let span = traces.span("turn/start");
        let turn = &result(&response)["turn"]["id"];
        assert_eq!(values(&span, "turn.id"), [turn.to_string()]);
        assert_eq!(values(&span, "thread.id"), [r#""thread-1""#]);
    }

    pub(super) async fn s7_a_fork_learns_its_thread_in_another_task(traces: Traces) {
        let (parts, _) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        let response = connection
            .call("thread/fork", json!({"threadId": thread}))
            .await;
        connection.close().await;
        let span = traces.span("thread/fork");
        let fork = &result(&response)["thread"]["id"];
        assert_ne!(fork, &json!(thread));
        assert_eq!(values(&span, "thread.id"), [fork.to_string()]);
    }

    pub(super) async fn a_late_answer_does_not_hold_up_the_next(traces: Traces) {
        let gate = CancellationToken::new();
        let own = gate.clone();
        let hesitates = get(async move || {
            own.cancelled().await;
            r#"{"data":["slow"]}"#
        });
        let model = support::model_client(Router::new().route(MODELS, hesitates)).await;
        let parts = Parts::with_responder(model, Obedient::new());
        let mut connection = parts.connect(1);
        for method in ["model/list", "config/read"] {
            let request = json!({"id": method, "method": method});
            connection.send(request.to_string().as_bytes()).await;
        }
        let first = connection.response().await;
        assert_eq!(id(&first), "config/read");
        assert_eq!(traces.open(), ["model/list", "list_models"]);
        gate.cancel();
        let second = connection.response().await;
        assert_eq!(id(&second), "model/list");
        assert_eq!(result(&second), &json!({"data": [{"id": "slow"}]}));
        connection.close().await;
    }

    pub(super) async fn what_a_turn_is_asked_besides_it_answers_too(traces: Traces) {
        let (parts, model) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        let params = json!({"threadId": thread, "input": "wait"});
        connection.call("turn/start", params).await;
        model.waits().await;
        let params = json!({"threadId": thread, "input": "and this"});
        let response = connection.call("turn/steer", params).await;
        assert_eq!(result(&response)["turnId"], "turn-1");
        model.gate.cancel();
        let mut said = String::new();
        let text = loop {
            match connection.event().await {
                Event::AgentMessageDelta { delta, .. } => said += &delta,
                Event::TurnCompleted { text, .. } => break text,
                _ => {}
            }
        };
        assert_eq!(text, "wait\nand this");
        assert_eq!(said, text, "the parts are the whole");
        assert_eq!(
            values(&traces.wait_for("turn/steer").await, "turn.id"),
            [r#""turn-1""#]
        );

        // Now it has ended; which turn was meant is known all the same.
        traces.clear();
        let params = json!({"threadId": thread, "expectedTurnId": "turn-1", "input": "more"});
        let response = connection.call("turn/steer", params).await;
        assert_eq!(error_code(&response), -32602);
        connection.close().await;
        let refused = traces.span("turn/steer");
        assert_eq!(values(&refused, "turn.id"), [r#""turn-1""#]);
    }
}
