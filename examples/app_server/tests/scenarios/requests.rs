//! What a request brings along, and what becomes of it in the request span.

use serde_json::{Value, json};
use tracing_relay::testing::{Kind, Pipeline, Traces};

use super::support::{self, Parts, on_each_runtime, tp};

on_each_runtime! {
    s1_a_valid_carrier_is_the_parent
    s6_each_request_names_the_client_of_its_connection
    s5_a_carrier_of_the_wrong_type_does_not_reject_its_request
    what_is_no_request_is_answered_with_an_error_and_the_next_line_is_read
    what_a_client_calls_things_makes_no_span_large
}

mod scenario {
    use super::{
        Kind, Parts, Traces, Value, json,
        support::{self, error_code, result},
        tp,
    };

    pub(super) async fn s1_a_valid_carrier_is_the_parent(traces: Traces) {
        let parts = Parts::start().await;
        let mut connection = parts.connect(7);
        let response = connection
            .ask(&json!({
                "id": 2,
                "method": "thread/start",
                "params": {},
                "trace": {"traceparent": tp(11, 22), "tracestate": "vendor=value"},
            }))
            .await;
        assert_eq!(result(&response)["thread"]["id"], "thread-1");
        connection.close().await;

        let span = traces.span("thread/start");
        assert_eq!(traces.exported().len(), 1);
        assert_eq!(span.kind(), Kind::Server);
        let parent = support::context(11, 22);
        assert_eq!(span.trace_id(), parent.trace_id());
        assert_eq!(span.parent(), Some(parent.span_id()));
        assert!(span.parent_is_remote());
        let tracestate = span.context().tracestate().map(ToString::to_string);
        assert_eq!(tracestate.as_deref(), Some("vendor=value"));

        let keys = ["rpc.", "app_server.", "thread.id", "turn."];
        let mut attributes: Vec<_> = span
            .attributes()
            .iter()
            .filter(|(key, _)| keys.iter().any(|start| key.starts_with(start)))
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        attributes.sort_unstable();
        assert_eq!(
            attributes,
            [
                r#"app_server.api_version="v2""#,
                "app_server.connection_id=7",
                r#"rpc.method="thread/start""#,
                r#"rpc.request_id="2""#,
                r#"rpc.service="codex-app-server""#,
                r#"rpc.system="jsonrpc""#,
                r#"rpc.transport="stdio""#,
                r#"thread.id="thread-1""#,
            ]
        );
        assert_eq!(span.name(), "thread/start");
    }

    pub(super) async fn s6_each_request_names_the_client_of_its_connection(traces: Traces) {
        let parts = Parts::start().await;
        let mut connections = [("a", "1"), ("b", "2")].map(|client| (parts.connect(1), client));
        for (connection, _) in &mut connections {
            connection.start_thread().await;
        }
        for (connection, (name, version)) in &mut connections {
            let params = json!({"clientInfo": {"name": name, "version": version}});
            let response = connection
                .ask(&json!({"id": 1, "method": "initialize", "params": params}))
                .await;
            assert!(result(&response)["userAgent"].is_string());
        }
        for (mut connection, _) in connections {
            connection.start_thread().await;
            connection.close().await;
        }

        let clients: Vec<_> = traces
            .spans()
            .iter()
            .map(|span| {
                ["client_name", "client_version"].map(|key| {
                    let value = span.attribute(&format!("app_server.{key}"));
                    value.map_or("absent".to_owned(), ToString::to_string)
                })
            })
            .collect();
        let [absent, a, b] = [
            ["absent", "absent"],
            [r#""a""#, r#""1""#],
            [r#""b""#, r#""2""#],
        ];
        assert_eq!(clients, [absent, absent, a, b, a, b]);
    }

    pub(super) async fn s5_a_carrier_of_the_wrong_type_does_not_reject_its_request(traces: Traces) {
        let wrong = [
            json!(7),
            json!(true),
            json!("text"),
            json!([1, 2]),
            json!({"traceparent": 5}),
            json!({"traceparent": {"a": 1}, "tracestate": []}),
            Value::Null,
            json!({"vendor": 1, "other": {"deep": [null]}}),
        ];
        let parts = Parts::start().await;
        let mut connection = parts.connect(1);
        let thread = connection.start_thread().await;
        for trace in &wrong {
            traces.clear();
            let response = connection.start_turn(&thread, Some(trace.clone())).await;
            assert_eq!(result(&response)["turn"]["status"], "inProgress", "{trace}");
            connection.turn_completed().await;
            let span = traces.span("turn/start");
            assert_eq!(span.parent(), None, "{trace}");
        }
        connection.close().await;
        let logs = traces.logs();
        assert!(support::count(&logs, "WARN") <= 1, "{logs}");
    }

    pub(super) async fn what_a_client_calls_things_makes_no_span_large(traces: Traces) {
        let long = "ü".repeat(5000);
        let parts = Parts::start().await;
        let mut connection = parts.connect(1);
        for (message, code) in [
            (json!({"id": 1, "method": long}), -32600),
            (json!({"id": long, "method": "thread/list"}), -32600),
            (
                json!({"id": 1, "method": "initialize", "params": {
                    "clientInfo": {"name": long, "version": "1"},
                }}),
                -32602,
            ),
            (
                json!({"id": 1, "method": "initialize", "params": {"clientInfo": long}}),
                -32602,
            ),
            (
                json!({"id": 1, "method": "thread/start", "params": {"model": long}}),
                -32602,
            ),
            (
                json!({"id": 1, "method": "turn/steer", "params": {
                    "threadId": long, "expectedTurnId": long, "input": "",
                }}),
                -32602,
            ),
        ] {
            let response = connection.ask(&message).await;
            assert_eq!(error_code(&response), code);
        }
        connection.close().await;

        let spans = traces.spans();
        assert_eq!(spans.len(), 4);
        for span in spans {
            assert_eq!(span.outcome(), Some("failed"));
            for (key, value) in span.attributes() {
                assert!(value.to_string().len() < 5000, "{key}");
            }
            assert!(format!("{:?}", span.status()).len() < 5000);
        }
    }

    pub(super) async fn what_is_no_request_is_answered_with_an_error_and_the_next_line_is_read(
        traces: Traces,
    ) {
        let parts = Parts::start().await;
        let mut connection = parts.connect(1);
        for (line, code, id) in [
            (&b"{"[..], -32700, json!(null)),
            (b"bad \xff text", -32700, json!(null)),
            (b"[]", -32600, json!(null)),
            (b"5", -32600, json!(null)),
            (b"null", -32600, json!(null)),
            (br#"{"id": 1}"#, -32600, json!(1)),
            (
                br#"{"id": null, "method": "thread/start"}"#,
                -32600,
                json!(null),
            ),
            (
                br#"{"id": [], "method": "thread/start"}"#,
                -32600,
                json!(null),
            ),
            (
                br#"{"id": 12345678901234567890123, "method": "thread/start"}"#,
                -32600,
                json!(null),
            ),
            (
                br#"{"id": 18446744073709551615, "method": "thread/stop"}"#,
                -32601,
                json!(u64::MAX),
            ),
            (br#"{"id": "x", "method": 5}"#, -32600, json!("x")),
            (
                br#"{"id": 1, "method": "thread/start", "params": 5}"#,
                -32600,
                json!(1),
            ),
            (
                br#"{"jsonrpc": "1.0", "id": 1, "method": "thread/start"}"#,
                -32600,
                json!(1),
            ),
            (br#"{"id": 1, "method": "thread/stop"}"#, -32601, json!(1)),
            (
                br#"{"id": 1.5, "method": "turn/start", "params": {}}"#,
                -32602,
                json!(1.5),
            ),
            (
                br#"{"id": 1, "method": "turn/start", "params": {"threadId": "no", "input": ""}}"#,
                -32602,
                json!(1),
            ),
        ] {
            let response = connection.ask_line(line).await;
            let text = String::from_utf8_lossy(line);
            assert_eq!(error_code(&response), code, "{text}");
            assert_eq!(serde_json::to_value(&response.id).unwrap(), id, "{text}");
        }
        assert_eq!(connection.start_thread().await, "thread-1");
        connection.close().await;

        let outcomes: Vec<_> = traces
            .spans()
            .iter()
            .map(|span| span.outcome().map(ToOwned::to_owned))
            .collect();
        let failed = Some("failed".to_owned());
        let expected = [
            failed.clone(),
            failed.clone(),
            failed.clone(),
            failed,
            Some("completed".to_owned()),
        ];
        assert_eq!(
            outcomes, expected,
            "a span for each request, and none for what is none"
        );
    }
}

const BAD: &[&str] = &[
    "not-a-traceparent",
    "00-00000000000000000000000000000000-0000000000000022-01",
    "00-00000000000000000000000000000011-0000000000000000-01",
    "00-0000000000000000000000000000000A-0000000000000022-01",
    "ff-00000000000000000000000000000011-0000000000000022-01",
    "00-00000000000000000000000000000011-0000000000000022",
    "00-00000000000000000000000000000011-0000000000000022-01-05",
];

/// What a request with this carrier is answered, and what became of it.
fn serve_one(workers: Option<usize>, trace: Option<Value>) -> (String, Traces) {
    let mut pipeline = Pipeline::new().capture_logs();
    if let Some(workers) = workers {
        pipeline = pipeline.worker_threads(workers);
    }
    pipeline.run(async move |traces| {
        let parts = Parts::start().await;
        let mut connection = parts.connect(1);
        let mut message = json!({"id": 42, "method": "thread/start", "params": {}});
        if let Some(trace) = trace {
            message["trace"] = trace;
        }
        let response = connection.ask(&message).await;
        connection.close().await;
        let response = serde_json::to_string(&response).expect("a response is JSON");
        (response, traces)
    })
}

#[test]
fn s4_a_bad_carrier_counts_as_none_and_is_reported_once() {
    for workers in [None, Some(2), Some(4)] {
        let (plain, _) = serve_one(workers, None);
        for bad in BAD {
            let trace = json!({"traceparent": bad, "tracestate": "vendor=value"});
            let (response, traces) = serve_one(workers, Some(trace));
            assert_eq!(response, plain, "{bad}");
            assert_eq!(traces.span("thread/start").parent(), None, "{bad}");
            let logs = traces.logs();
            assert_eq!(support::count(&logs, "WARN"), 1, "{bad}: {logs}");
            let warning = logs.lines().find(|line| line.contains("WARN"));
            let warning = warning.expect("there is one");
            assert!(warning.contains("rpc.method=thread/start"), "{warning}");
            assert!(warning.contains("rpc.request_id=42"), "{warning}");
        }
    }
}

#[test]
fn s4_a_tracestate_without_a_traceparent_is_no_carrier() {
    for workers in [None, Some(2), Some(4)] {
        for trace in [
            json!({"tracestate": "vendor=value"}),
            json!({"traceparent": "", "tracestate": "vendor=value"}),
        ] {
            let (_, traces) = serve_one(workers, Some(trace.clone()));
            let span = traces.span("thread/start");
            assert_eq!(span.parent(), None, "{trace}");
            assert_eq!(span.context().tracestate(), None, "{trace}");
            assert_eq!(support::count(&traces.logs(), "WARN"), 0, "{trace}");
        }
    }
}

#[test]
fn s4_a_bad_tracestate_is_dropped_alone() {
    for workers in [None, Some(2), Some(4)] {
        let trace = json!({"traceparent": tp(11, 22), "tracestate": "a=1,a=2,=="});
        let (_, traces) = serve_one(workers, Some(trace));
        let span = traces.span("thread/start");
        assert_eq!(span.parent(), Some(support::context(11, 22).span_id()));
        assert_eq!(span.context().tracestate(), None);
    }
}
