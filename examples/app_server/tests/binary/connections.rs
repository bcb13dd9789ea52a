//! Connections to a server in a process of its own: what comes over them, several at once, and how
//! they end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use app_server::client::{CallError, Client};
use app_server::collector::{Collector, SpanRecord};
use app_server::model;
use app_server::model_client::ModelClient;
use app_server::protocol::{Outcome, RpcError};
use app_server::transport::Transport;
use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::{accept_hdr_async, connect_async};
use tracing_relay::semconv::OUTCOME;

use crate::support::{
    Asked, Ended, PATIENCE, Server, address, ask, completed, file, is_request, next, one,
    over_each_transport, program, start_turn, stuck_model, terminate, text, tp,
};

/// The request with this id, as it was written.
fn request<'a>(spans: &'a [SpanRecord], id: &str) -> &'a SpanRecord {
    let mut requests = spans.iter().filter(|span| is_request(span));
    let request = requests.find(|span| span.attribute("rpc.request_id") == Some(id));
    request.unwrap_or_else(|| panic!("request {id} in {spans:?}"))
}

#[tokio::test]
async fn s1_s4_s5_each_message_of_a_websocket_has_a_carrier_of_its_own() {
    let mut server = Server::start(Transport::WebSocket, None, model::router()).await;
    let mut client = server.connect().await;
    let parent = tp(11, 22);
    for (id, trace) in [
        (
            1,
            Some(json!({"traceparent": parent, "tracestate": "vendor=value"})),
        ),
        (2, Some(json!({"traceparent": "not-a-traceparent"}))),
        (3, Some(json!(7))),
        (4, Some(json!({"traceparent": 5}))),
        (5, Some(Value::Null)),
        (
            6,
            Some(json!({"traceparent": parent, "vendor": {"unknown": []}})),
        ),
        (7, None),
    ] {
        let mut message = json!({"id": id, "method": "thread/start", "params": {}});
        if let Some(trace) = trace {
            message["trace"] = trace;
        }
        let result = ask(&mut client, message).await;
        assert_eq!(result["thread"]["id"], format!("thread-{id}"));
    }
    let Ended { spans, errors } = server.stop(client).await;

    assert_eq!(spans.len(), 7, "{spans:?}");
    for id in ["1", "6"] {
        let below = request(&spans, id);
        assert_eq!(below.trace_id, parent[3..35]);
        assert_eq!(below.parent_id.as_deref(), Some(&parent[36..52]));
    }
    for id in ["2", "3", "4", "5", "7"] {
        let root = request(&spans, id);
        assert_eq!(root.parent_id, None);
        assert_ne!(root.trace_id, parent[3..35]);
    }
    let first = request(&spans, "1");
    for (key, value) in [
        ("rpc.system", "jsonrpc"),
        ("rpc.service", "codex-app-server"),
        ("rpc.method", "thread/start"),
        ("rpc.transport", "websocket"),
        ("rpc.request_id", "1"),
        ("app_server.connection_id", "1"),
        ("app_server.api_version", "v2"),
    ] {
        assert_eq!(first.attribute(key), Some(value), "{key}");
    }
    // The reason of the second is another than that of the two after it, which share a warning.
    let warnings: Vec<_> = errors.lines().collect();
    assert_eq!(warnings.len(), 2, "{errors}");
    assert!(warnings[0].contains("rpc.request_id=2"), "{errors}");
    assert!(warnings[1].contains("rpc.request_id=3"), "{errors}");
}

#[tokio::test]
async fn what_is_no_request_is_answered_and_the_connection_goes_on() {
    let mut server = Server::start(Transport::WebSocket, None, model::router()).await;
    let mut client = server.connect().await;
    for sent in [&b"not json"[..], b"\xff", b"[]"] {
        client.send(sent).await.expect("the server reads");
        let response = client.response().await.expect("an answer");
        assert_eq!(response.id, None);
        let Outcome::Error(RpcError { code, .. }) = response.outcome else {
            panic!("{response:?}");
        };
        let expected = if sent == b"[]" {
            RpcError::INVALID_REQUEST
        } else {
            RpcError::PARSE
        };
        assert_eq!(code, expected);
    }
    ask(&mut client, json!({"id": 1, "method": "thread/start"})).await;
    server.stop(client).await;
}

#[tokio::test]
async fn s13_twenty_connections_at_once_keep_their_traces_apart() {
    let mut server = Server::start(Transport::WebSocket, None, model::router()).await;
    let mut clients = Vec::new();
    for number in 1..=20 {
        clients.push((number, server.connect().await));
    }
    let turns = clients.iter_mut().map(|(number, client)| async {
        let carrier = json!({"traceparent": tp(100 + *number, *number)});
        let [_, turn] = start_turn(client, Some(carrier)).await;
        completed(client, &turn).await;
    });
    join_all(turns).await;
    let (_, last) = clients.pop().expect("twenty of them");
    for (_, client) in clients {
        client.close().await.expect("the server answers");
    }
    let Ended { spans, errors } = server.stop(last).await;
    assert_eq!(errors, "");

    let mut connections = BTreeMap::new();
    for number in 1..=20 {
        let parent = tp(100 + number, number);
        let own: Vec<_> = spans
            .iter()
            .filter(|span| span.trace_id == parent[3..35])
            .collect();
        let requests: Vec<_> = own.iter().filter(|span| is_request(span)).collect();
        assert_eq!(requests.len(), 2, "{own:?}");
        for request in requests {
            assert_eq!(request.parent_id.as_deref(), Some(&parent[36..52]));
            let connection = request.attribute("app_server.connection_id");
            let known = connections.entry(number).or_insert(connection);
            assert_eq!(*known, connection, "one connection, one number");
        }
        assert_eq!(own.iter().filter(|span| span.name == "turn").count(), 1);
    }
    let numbers: std::collections::BTreeSet<_> = connections.values().collect();
    assert_eq!(numbers.len(), 20, "{numbers:?}");
    let strangers = spans.iter().filter(|span| {
        let trace = u64::from_str_radix(&span.trace_id, 16);
        trace.is_err() && span.links.is_empty()
    });
    assert_eq!(strangers.count(), 0);
}

#[tokio::test]
async fn s18_on_a_reused_socket_each_message_has_the_context_of_its_own_call() {
    let session = "\
{\"id\":1,\"method\":\"turn/start\",\"params\":{\"threadId\":\"thread-1\",\"input\":\"one\"}}
{\"id\":2,\"method\":\"turn/start\",\"params\":{\"threadId\":\"thread-1\",\"input\":\"two\"}}
";
    let file = file("reused-socket.jsonl", session.as_bytes());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let client = program()
        .arg("play")
        .arg(file)
        .args(["--ws", &address])
        .env("TRACEPARENT", tp(33, 44))
        .spawn()
        .expect("the program starts");

    let (stream, _) = listener.accept().await.expect("a connection");
    let mut headers = None;
    #[expect(clippy::result_large_err, reason = "the library's callback")]
    let no_trace = |request: &Request, response: Response| -> Result<_, ErrorResponse> {
        headers = Some(request.headers().clone());
        Ok(response)
    };
    let mut server = accept_hdr_async(stream, no_trace)
        .await
        .expect("a handshake");
    let headers = headers.expect("a handshake has headers");
    assert!(!headers.contains_key("traceparent"), "{headers:?}");
    let mut traceparents = Vec::new();
    for number in 1..=2 {
        let message = server.next().await.expect("a message").expect("a frame");
        let message = message.to_text().expect("text");
        let message: Value = serde_json::from_str(message).expect("JSON");
        assert_eq!(message["id"], number);
        let traceparent = message["trace"]["traceparent"].as_str();
        traceparents.push(traceparent.expect("a context").to_owned());
        let turn = format!("turn-{number}");
        for said in [
            json!({"id": number, "result": {"turn": {"id": turn, "status": "inProgress"}}}),
            json!({"method": "turn/completed", "params": {
                "threadId": "thread-1", "turnId": turn, "status": "completed", "text": "",
            }}),
        ] {
            let said = Message::text(said.to_string());
            server.send(said).await.expect("the client reads");
        }
    }
    assert!(
        server
            .next()
            .await
            .expect("a close")
            .expect("a frame")
            .is_close()
    );
    assert!(server.next().await.is_none());
    drop(server);

    // Each call is the root of a trace, which the client draws in their order.
    let output = client.wait_with_output().await.expect("it ends");
    assert!(output.status.success(), "{output:?}");
    let drawn = text(&output.stdout).lines();
    let drawn: Vec<_> = drawn.filter(|line| line.starts_with("trace ")).collect();
    let sent: Vec<_> = traceparents
        .iter()
        .map(|traceparent| format!("trace {} turn/start", &traceparent[3..35]))
        .collect();
    assert_eq!(drawn, sent);
    assert_ne!(sent[0], sent[1]);
}

#[tokio::test]
async fn s16_when_a_client_is_killed_its_turn_is_cancelled_and_others_are_served() {
    let (model, mut asked) = stuck_model();
    let mut server = Server::start(Transport::WebSocket, None, model).await;
    let session = "\
{\"id\":1,\"method\":\"thread/start\"}
{\"id\":2,\"method\":\"turn/start\",\"params\":{\"threadId\":\"${1.thread.id}\",\"input\":\"hi\"}}
";
    let file = file("killed-client.jsonl", session.as_bytes());
    let mut client = program()
        .arg("play")
        .arg(file)
        .args(["--ws", server.address().as_str()])
        .spawn()
        .expect("the program starts");
    assert_eq!(next(&mut asked).await, Asked::Waits);
    client.kill().await.expect("it runs");
    assert_eq!(next(&mut asked).await, Asked::HungUp);

    let mut other = server.connect().await;
    ask(&mut other, json!({"id": "other", "method": "thread/start"})).await;
    let Ended { spans, .. } = server.stop(other).await;
    let turn = one(&spans, "turn");
    assert_eq!(turn.attribute(OUTCOME), Some("cancelled"));
    assert_eq!(turn.error, None);
    assert_eq!(turn.trace_id, request(&spans, "2").trace_id);
    assert_eq!(request(&spans, "2").attribute(OUTCOME), Some("completed"));
    assert_eq!(
        request(&spans, "other").attribute(OUTCOME),
        Some("completed")
    );
}

#[tokio::test]
async fn s16_when_a_socket_is_dropped_its_turn_is_cancelled_and_others_are_served() {
    let (model, mut asked) = stuck_model();
    let mut server = Server::start(Transport::WebSocket, None, model).await;
    let mut client = server.connect().await;
    let mut other = server.connect().await;
    start_turn(&mut client, None).await;
    assert_eq!(next(&mut asked).await, Asked::Waits);
    drop(client);
    assert_eq!(next(&mut asked).await, Asked::HungUp);
    ask(&mut other, json!({"id": "other", "method": "thread/start"})).await;
    let Ended { spans, .. } = server.stop(other).await;
    assert_eq!(one(&spans, "turn").attribute(OUTCOME), Some("cancelled"));
}

#[tokio::test]
async fn a_client_that_speaks_no_websocket_is_turned_away_and_others_are_served() {
    let mut server = Server::start(Transport::WebSocket, None, model::router()).await;
    let address = server.address().to_string();
    let stream = TcpStream::connect(&address).await;
    let mut stream = stream.expect("the server listens");
    let sent = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    sent.await.expect("it is sent");
    let mut said = Vec::new();
    // The server may close the connection with a reset.
    let _ = stream.read_to_end(&mut said).await;
    let handshake = connect_async(format!("ws://{address}/"));
    let (mut socket, _) = handshake.await.expect("a handshake");
    socket.close(None).await.expect("it is said");
    let mut client = server.connect().await;
    ask(&mut client, json!({"id": 1, "method": "thread/start"})).await;
    let Ended { spans, errors } = server.stop(client).await;
    assert_eq!(
        request(&spans, "1").attribute("app_server.connection_id"),
        Some("3")
    );
    assert_eq!(errors, "");
}

#[tokio::test]
async fn a_handshake_that_hangs_does_not_hold_up_the_end() {
    let mut server = Server::start(Transport::WebSocket, None, model::router()).await;
    let stream = TcpStream::connect(server.address().as_str()).await;
    let _hangs = stream.expect("the server listens");
    // Connections are accepted in their order, so that the first one is waited for now.
    let client = server.connect().await;
    let start = Instant::now();
    server.stop(client).await;
    // Such a client has ten seconds.
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_request_that_hangs_does_not_hold_up_the_end_of_the_model() {
    let mut model = program().arg("model").spawn().expect("the program starts");
    let url = address(&mut model).await;
    let address = url.strip_prefix("http://").expect("a URL");
    let mut hangs = TcpStream::connect(address).await.expect("it listens");
    let begun = hangs.write_all(b"POST /v1/responses").await;
    begun.expect("it is sent");
    // Connections are accepted in their order, so that the first one is served now.
    let client = ModelClient::new(&url).expect("a client");
    client.models().await.expect("an answer");
    terminate(&model).await;
    let ended = timeout(PATIENCE, model.wait()).await.expect("it ends");
    assert!(ended.expect("a status").success());
}

#[tokio::test]
async fn a_server_without_a_model_starts_one_of_its_own_and_ends_it() {
    let collector = Collector::start(2).await.expect("a free port");
    let spans = collector.address().to_string();
    let mut server = program()
        .args(["serve", "--spans", &spans])
        .spawn()
        .expect("the program starts");
    let mut stdin = server.stdin.take().expect("a pipe");
    let session = "\
{\"id\":1,\"method\":\"thread/start\"}
{\"id\":2,\"method\":\"turn/start\",\"params\":{\"threadId\":\"thread-1\",\"input\":\"hi\"}}
";
    let sent = stdin.write_all(session.as_bytes()).await;
    sent.expect("the server reads");
    drop(stdin);
    // What was asked for is done before the server ends, and the model ends with it.
    let mut said = String::new();
    let mut stdout = server.stdout.take().expect("a pipe");
    let read = stdout.read_to_string(&mut said).await;
    read.expect("UTF-8");
    assert!(said.contains(r#""status":"completed""#), "{said}");
    let output = server.wait_with_output().await.expect("it ends");
    assert!(output.status.success(), "{output:?}");
    let spans = collector.finish(PATIENCE).await.expect("all spans");
    let model = one(&spans, "POST /v1/responses");
    assert_eq!(model.process, "model");
    let call = one(&spans, "model_request");
    assert_eq!(model.parent_id.as_ref(), Some(&call.span_id));
}

mod test {
    use super::*;

    pub(super) async fn a_server_that_is_terminated_while_a_turn_runs_exports_its_spans(
        transport: Transport,
    ) {
        let (model, mut asked) = stuck_model();
        let mut server = Server::start(transport, None, model).await;
        let mut client = server.connect().await;
        start_turn(&mut client, None).await;
        assert_eq!(next(&mut asked).await, Asked::Waits);
        server.terminate().await;
        let closed = loop {
            if let Err(error) = client.event().await {
                break error;
            }
        };
        assert!(matches!(closed, CallError::Closed), "{closed}");
        drop(client);
        let Ended { spans, errors } = server.ended().await;
        assert_eq!(errors, "");
        assert_eq!(request(&spans, "2").attribute(OUTCOME), Some("completed"));
        for name in ["turn", "run_turn", "model_request"] {
            let span = one(&spans, name);
            assert_eq!(span.attribute(OUTCOME), Some("cancelled"), "{span:?}");
            assert_eq!(span.trace_id, request(&spans, "2").trace_id);
        }
    }

    pub(super) async fn a_turn_without_a_model_fails_and_its_server_goes_on(transport: Transport) {
        let mut server = Server::start(transport, None, axum::Router::new()).await;
        let mut client = server.connect().await;
        let [_, turn] = start_turn(&mut client, None).await;
        assert_eq!(failed(&mut client).await, turn);
        ask(&mut client, json!({"id": 3, "method": "thread/start"})).await;
        let Ended { spans, .. } = server.stop(client).await;
        let turn = one(&spans, "turn");
        assert_eq!(turn.attribute(OUTCOME), Some("failed"));
        assert!(turn.error.is_some());
    }

    pub(super) async fn a_message_that_is_too_long_is_refused_and_the_server_goes_on(
        transport: Transport,
    ) {
        let mut server = Server::start(transport, None, model::router()).await;
        let mut client = server.connect().await;
        let long = vec![b'x'; app_server::transport::MESSAGE_LIMIT + 1];
        client.send(long).await.expect("it is read to its end");
        if transport == Transport::Stdio {
            let response = client.response().await.expect("an answer");
            assert_eq!(response.id, None);
        } else {
            let error = client.response().await.expect_err("the connection ends");
            assert!(matches!(error, CallError::Closed), "{error}");
            client = server.connect().await;
        }
        ask(&mut client, json!({"id": 1, "method": "thread/start"})).await;
        server.stop(client).await;
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_is_told_of_with_the_reason_and_without_its_address() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = closed.local_addr().expect("an address").to_string();
    drop(closed);
    let session = br#"{"id":1,"method":"model/list"}"#;
    let mut command = program();
    command.args(["serve", "--model", &format!("http://{address}")]);
    let mut server = command.spawn().expect("the program starts");
    let mut stdin = server.stdin.take().expect("a pipe");
    stdin.write_all(session).await.expect("the server reads");
    drop(stdin);
    let output = server.wait_with_output().await.expect("it ends");
    let said = text(&output.stdout);
    assert!(said.contains("the model did not answer: "), "{said}");
    assert!(said.contains("Connection refused"), "{said}");
    assert!(!said.contains(&address), "{said}");
}

/// The turn that fails next.
async fn failed(client: &mut Client) -> String {
    use app_server::protocol::{Event, TurnStatus};

    loop {
        let event = client.event().await.expect("an event");
        if let Event::TurnCompleted {
            turn_id, status, ..
        } = event
        {
            assert_eq!(status, TurnStatus::Failed);
            return turn_id;
        }
    }
}

over_each_transport! {
    a_server_that_is_terminated_while_a_turn_runs_exports_its_spans
    a_turn_without_a_model_fails_and_its_server_goes_on
    a_message_that_is_too_long_is_refused_and_the_server_goes_on
}
