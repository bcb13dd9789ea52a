//! S2: every method is a request like every other.

use super::support::on_each_runtime;

on_each_runtime! {
    s2_every_method_has_the_same_span
    s2_an_unknown_method_gives_its_span_no_name
}

mod scenario {
    use std::collections::BTreeSet;

    use app_server::protocol::{Method, RpcError};
    use serde_json::{Value, json};
    use tracing_relay::testing::{Kind, Traces};

    use crate::support::{self, Obedient, Parts, error_code, result};

    /// Each method with its parameters, and those keys that not all of them have.
    fn table() -> Vec<(Method, Value, &'static [&'static str])> {
        let thread = json!({"threadId": "thread-1"});
        let audio = json!({"threadId": "thread-1", "audio": "AAAA"});
        let text = json!({"threadId": "thread-1", "text": "hello"});
        let input = json!({"threadId": "thread-1", "input": "wait"});
        let turn = json!({"threadId": "thread-1", "turnId": "turn-1"});
        let client = json!({"clientInfo": {"name": "a", "version": "1"}});
        let of_thread: &[_] = &["thread.id"];
        let of_turn: &[_] = &["thread.id", "turn.id"];
        vec![
            (Method::Initialize, client, &[]),
            (Method::Initialized, json!({}), &[]),
            (Method::ThreadStart, json!({}), of_thread),
            (Method::ThreadResume, thread.clone(), of_thread),
            (Method::ThreadList, json!({}), &[]),
            (Method::ThreadRead, thread.clone(), of_thread),
            (Method::TurnStart, input.clone(), of_turn),
            (Method::TurnSteer, input, of_turn),
            (Method::TurnInterrupt, turn, of_turn),
            (Method::ReviewStart, thread.clone(), of_turn),
            (Method::ThreadCompactStart, thread.clone(), of_turn),
            (Method::RealtimeStart, thread.clone(), of_thread),
            (Method::RealtimeAppendAudio, audio, of_thread),
            (Method::RealtimeAppendText, text, of_thread),
            (Method::RealtimeStop, thread.clone(), of_thread),
            (Method::ThreadFork, thread.clone(), of_thread),
            (Method::ThreadUnsubscribe, thread, of_thread),
            (Method::ModelList, json!({}), &[]),
            (Method::ConfigRead, json!({}), &[]),
        ]
    }

    const KEYS: [&str; 9] = [
        "app_server.api_version",
        "app_server.client_name",
        "app_server.client_version",
        "app_server.connection_id",
        "rpc.method",
        "rpc.request_id",
        "rpc.service",
        "rpc.system",
        "rpc.transport",
    ];

    pub(super) async fn s2_every_method_has_the_same_span(traces: Traces) {
        let called: BTreeSet<_> = table().iter().map(|(method, ..)| method.name()).collect();
        let known: BTreeSet<_> = support::methods().collect();
        assert_eq!(called, known, "the table has every method");

        let model = support::model_client(app_server::model::router()).await;
        let parts = Parts::with_responder(model, Obedient::new());
        let mut connection = parts.connect(1);
        for (method, params, _) in table() {
            let response = connection.call(method.name(), params).await;
            result(&response);
        }
        connection.close().await;

        for (method, _, of_its_own) in table() {
            let span = traces.span(method.name());
            assert_eq!(span.kind(), Kind::Server);
            assert_eq!(span.parent(), None);
            assert_eq!(span.outcome(), Some("completed"));
            let own = ["app_server.", "rpc.", "thread.id", "turn."];
            let keys = span.attributes().iter().map(|(key, _)| key.as_str());
            let mut keys: Vec<_> = keys
                .filter(|key| own.iter().any(|own| key.starts_with(own)))
                .collect();
            keys.sort_unstable();
            let expected: Vec<_> = KEYS.iter().chain(of_its_own).copied().collect();
            assert_eq!(keys, expected, "{method:?}");
            assert_eq!(
                span.attribute("rpc.method").map(ToString::to_string),
                Some(format!("{:?}", method.name()))
            );
        }
    }

    pub(super) async fn s2_an_unknown_method_gives_its_span_no_name(traces: Traces) {
        let (parts, _) = Parts::obedient();
        let mut connection = parts.connect(1);
        let response = connection.call("thread/stop", json!({})).await;
        assert_eq!(error_code(&response), RpcError::METHOD_NOT_FOUND);
        connection.close().await;
        let span = traces.span("app_server.request");
        let attribute = |key| span.attribute(key).map(ToString::to_string);
        assert_eq!(attribute("rpc.method").as_deref(), Some(r#""thread/stop""#));
        assert_eq!(attribute("error.type").as_deref(), Some(r#""-32601""#));
    }
}
