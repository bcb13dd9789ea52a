//! What a connection holds, and that it ends with it.

use super::support::on_each_runtime;

on_each_runtime! {
    a_connection_that_is_dropped_ends_its_turns
    with_too_many_requests_in_flight_no_more_are_read
    a_client_that_does_not_take_its_events_is_cut_off
    a_summary_stands_for_the_turns_before_it
    of_two_summaries_at_once_none_takes_a_turn_that_it_does_not_stand_for
    a_talk_that_was_stopped_can_be_followed_by_the_next
}

mod scenario {
    use std::sync::Arc;

    use app_server::core::Live;
    use app_server::model::{MODELS, Prompt};
    use app_server::model_client::{ModelError, Responder};
    use app_server::protocol::RequestId;
    use app_server::server::REQUESTS_IN_FLIGHT;
    use axum::Router;
    use axum::routing::get;
    use serde_json::json;
    use tokio::sync::{Semaphore, mpsc, oneshot};
    use tokio_util::sync::CancellationToken;
    use tracing_relay::testing::Traces;

    use crate::support::{self, Obedient, Parts, result};

    pub(super) async fn a_connection_that_is_dropped_ends_its_turns(traces: Traces) {
        let (parts, model) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        let params = json!({"threadId": thread, "input": "wait"});
        connection.call("turn/start", params).await;
        model.waits().await;
        connection.abandon().await;

        // It ends after the turn.
        traces.wait_for("name_thread").await;
        assert_eq!(traces.span("turn").outcome(), Some("cancelled"));
        assert_eq!(parts.server.live(), (Live::default(), 0));
    }

    pub(super) async fn with_too_many_requests_in_flight_no_more_are_read(traces: Traces) {
        let asked = Arc::new(Semaphore::new(0));
        let gate = CancellationToken::new();
        let hesitates = get({
            let (asked, gate) = (Arc::clone(&asked), gate.clone());
            async move || {
                asked.add_permits(1);
                gate.cancelled().await;
                r#"{"data":[]}"#
            }
        });
        let model = support::model_client(Router::new().route(MODELS, hesitates)).await;
        let parts = Parts::with_responder(model, Obedient::new());
        let mut connection = parts.connect(1);
        for number in 1..=REQUESTS_IN_FLIGHT {
            let request = json!({"id": number, "method": "model/list"});
            connection.send(request.to_string().as_bytes()).await;
        }
        let request = json!({"id": "one more", "method": "config/read"});
        connection.send(request.to_string().as_bytes()).await;
        let all = asked.acquire_many(256).await;
        all.expect("it is open").forget();
        assert_eq!(parts.server.live().1, REQUESTS_IN_FLIGHT);

        gate.cancel();
        let first = connection.response().await.id;
        assert!(matches!(first, Some(RequestId::Number(_))), "{first:?}");
        for _ in 0..REQUESTS_IN_FLIGHT {
            connection.response().await;
        }
        connection.close().await;
        assert_eq!(traces.open(), [""; 0]);
    }

    pub(super) async fn a_client_that_does_not_take_its_events_is_cut_off(traces: Traces) {
        let (parts, model) = Parts::obedient();
        let mut deaf = parts.connect(1);
        let thread = deaf.start_thread().await;
        let params = json!({"threadId": thread, "input": "wait"});
        deaf.call("turn/start", params).await;
        model.waits().await;

        let params = json!({"threadId": thread});
        let mut other = parts.connect(2);
        other.call("thread/resume", params.clone()).await;
        other.call("thread/realtime/start", params.clone()).await;
        let text = json!({"threadId": thread, "text": "hello"});
        for _ in 0..1500 {
            result(&other.call("thread/realtime/appendText", text.clone()).await);
        }
        let error = deaf.ended().await;
        assert_eq!(error.to_string(), "the client does not take its events");
        assert_eq!(traces.span("turn").outcome(), Some("cancelled"));
        // Nobody else is concerned.
        result(&other.call("thread/realtime/stop", params).await);
        other.close().await;
        assert_eq!(parts.server.live(), (Live::default(), 0));
    }

    pub(super) async fn of_two_summaries_at_once_none_takes_a_turn_that_it_does_not_stand_for(
        _: Traces,
    ) {
        let (sender, mut asked) = mpsc::unbounded_channel();
        let parts = Parts::with_responder(support::nowhere(), Held(sender));
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        let of_thread = json!({"threadId": thread});
        let turn = |input| json!({"threadId": thread, "input": input});

        connection.call("turn/start", turn("before")).await;
        let answer = asked.recv().await.expect("the model is asked");
        answer.send(()).expect("it waits");
        connection.turn_completed().await;
        let mut answers = Vec::new();
        for (method, params) in [
            ("turn/start", turn("meanwhile")),
            ("thread/compact/start", of_thread.clone()),
            ("thread/compact/start", of_thread.clone()),
        ] {
            connection.call(method, params).await;
            answers.push(asked.recv().await.expect("the model is asked"));
        }
        for answer in answers {
            answer.send(()).expect("it waits");
            connection.turn_completed().await;
        }
        let response = connection.call("thread/read", of_thread).await;
        let turns = result(&response)["thread"]["turns"].as_array();
        let texts: Vec<_> = turns
            .into_iter()
            .flatten()
            .map(|turn| &turn["text"])
            .collect();
        assert_eq!(texts, ["meanwhile", "before", "before"]);
        connection.close().await;
    }

    /// A model that repeats each prompt when it is told to.
    #[derive(Clone)]
    struct Held(mpsc::UnboundedSender<oneshot::Sender<()>>);

    impl Responder for Held {
        async fn respond(
            &self,
            prompt: Prompt,
            _: impl Fn(&str) + Send + Sync,
        ) -> Result<String, ModelError> {
            let (answer, told) = oneshot::channel();
            self.0.send(answer).expect("the test listens");
            told.await.expect("it is told");
            Ok(prompt.input)
        }
    }

    pub(super) async fn a_talk_that_was_stopped_can_be_followed_by_the_next(_: Traces) {
        let (parts, _) = Parts::obedient();
        let mut connection = parts.connect(1);
        let params = json!({"threadId": connection.start_thread().await});
        for _ in 0..100 {
            for method in ["thread/realtime/start", "thread/realtime/stop"] {
                result(&connection.call(method, params.clone()).await);
            }
        }
        connection.close().await;
    }

    pub(super) async fn a_summary_stands_for_the_turns_before_it(_: Traces) {
        let (parts, _) = Parts::obedient();
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        for input in ["one", "two"] {
            let params = json!({"threadId": thread, "input": input});
            connection.call("turn/start", params).await;
            connection.turn_completed().await;
        }
        let params = json!({"threadId": thread});
        connection
            .call("thread/compact/start", params.clone())
            .await;
        connection.turn_completed().await;
        let response = connection.call("thread/read", params).await;
        let turns = &result(&response)["thread"]["turns"];
        assert_eq!(turns.as_array().map(Vec::len), Some(1), "{turns}");
        assert_eq!(turns[0]["text"], "one\ntwo");
        connection.close().await;
    }
}
