//! What playing a session prints and how it ends.

use std::process::Output;

use app_server::model;
use app_server::transport::Transport;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use crate::support::{PATIENCE, Server, file, program, run, text, tp};

/// Plays a session that is in a file of this name.
async fn play(name: &str, session: &[u8]) -> Output {
    run(&["play", &file(name, session)]).await
}

/// What the server said.
fn said(output: &Output) -> Vec<&str> {
    let lines = text(&output.stdout).lines();
    lines.filter_map(|line| line.strip_prefix("<- ")).collect()
}

/// The drawn traces, without what differs from run to run: ids, durations and the width of columns.
fn traces(output: &Output) -> String {
    let lines = text(&output.stdout).lines();
    let drawn = lines
        .skip_while(|line| !line.starts_with("traces "))
        .map(|line| {
            if let Some(title) = line.strip_prefix("trace ") {
                let (id, title) = title.split_once(' ').expect("an id and a title");
                assert_eq!(id.len(), 32, "{line}");
                let title = match title.split_once(" of ") {
                    None => title,
                    Some((title, id)) => {
                        assert_eq!(id.len(), 32, "{line}");
                        title
                    }
                };
                return format!("trace {title}");
            }
            let indent: String = line.chars().take_while(|c| !c.is_alphanumeric()).collect();
            let words: Vec<_> = line[indent.len()..].split_whitespace().collect();
            let Some(unit) = words.iter().position(|word| *word == "ms") else {
                return line.to_owned();
            };
            words[unit - 1].parse::<f64>().expect("a duration");
            format!(
                "{indent}{} {}",
                words[..unit - 1].join(" "),
                words[unit + 1..].join(" ")
            )
        });
    drawn
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

/// What comes of the session that is shipped.
const SHIPPED_TRACES: &str = "\
traces over stdio

trace initialize
  app_server.call client client completed
  └─ initialize server server completed

trace initialized
  app_server.call client client completed
  └─ initialized server server completed

trace model/list
  app_server.call client client completed
  └─ model/list server server completed
     └─ list_models client server completed
        └─ GET /v1/models server model completed

trace config/read
  app_server.call client client completed
  └─ config/read server server completed

trace thread/start
  app_server.call client client completed
  └─ thread/start server server completed

trace turn/start
  app_server.call client client completed
  └─ turn/start server server completed
     └─ op.dispatch.user_turn consumer server completed
        └─ turn internal server completed
           └─ run_turn internal server completed
              ├─ model_request client server completed
              │  ├─ POST /v1/responses server model completed
              │  └─ sampling internal server completed
              └─ model_request client server completed
                 ├─ POST /v1/responses server model completed
                 └─ sampling internal server completed

trace linked to turn/start
  name_thread internal server completed

trace turn/steer
  app_server.call client client completed
  └─ turn/steer server server completed

trace turn/start
  app_server.call client client completed
  └─ turn/start server server completed
     └─ op.dispatch.user_turn consumer server completed
        └─ turn internal server cancelled
           └─ run_turn internal server cancelled
              └─ model_request client server cancelled
                 ├─ POST /v1/responses server model completed
                 └─ sampling internal server cancelled

trace turn/interrupt
  app_server.call client client completed
  └─ turn/interrupt server server completed

trace review/start
  app_server.call client client completed
  └─ review/start server server completed
     └─ op.dispatch.review consumer server completed
        └─ turn internal server completed
           └─ run_turn internal server completed
              └─ model_request client server completed
                 ├─ POST /v1/responses server model completed
                 └─ sampling internal server completed

trace thread/compact/start
  app_server.call client client completed
  └─ thread/compact/start server server completed
     └─ op.dispatch.compact consumer server completed
        └─ turn internal server completed
           └─ run_turn internal server completed
              └─ model_request client server completed
                 ├─ POST /v1/responses server model completed
                 └─ sampling internal server completed

trace thread/realtime/start
  app_server.call client client completed
  └─ thread/realtime/start server server completed
     └─ op.dispatch.realtime_start consumer server completed

trace thread/realtime/appendAudio
  app_server.call client client completed
  └─ thread/realtime/appendAudio server server completed

trace thread/realtime/appendText
  app_server.call client client completed
  └─ thread/realtime/appendText server server completed
     └─ op.dispatch.realtime_text consumer server completed

trace thread/realtime/stop
  app_server.call client client completed
  └─ thread/realtime/stop server server completed
     └─ op.dispatch.realtime_stop consumer server completed
        └─ speech_segment internal server completed

trace thread/fork
  app_server.call client client completed
  └─ thread/fork server server completed

trace thread/read
  app_server.call client client completed
  └─ thread/read server server completed

trace thread/list
  app_server.call client client completed
  └─ thread/list server server completed

18 requests over stdio, and the trace of each of them is whole.

";

#[tokio::test]
async fn without_arguments_the_shipped_session_is_played_over_both_transports() {
    // Whoever starts the demo may be in a trace, which is not that of the session.
    let child = program().env("TRACEPARENT", tp(33, 44)).spawn();
    let output = child.expect("the program starts").wait_with_output().await;
    let output = output.expect("it ends");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    let said = text(&output.stdout);
    assert!(!said.contains(&tp(33, 44)[3..35]));
    let wide = |line: &&str| line.chars().count() > 100;
    let drawing = said.lines().skip_while(|line| !line.starts_with("traces "));
    assert_eq!(drawing.filter(wide).collect::<Vec<_>>(), [""; 0]);
    let drawn = traces(&output);
    let (stdio, websocket) = drawn
        .split_once("traces over websocket\n")
        .expect("two transports");
    assert_eq!(
        stdio.replace("stdio", "websocket"),
        format!("traces over websocket\n{websocket}")
    );
    assert_eq!(stdio, SHIPPED_TRACES);
}

#[tokio::test]
async fn errors_are_answers_and_the_session_goes_on() {
    let session = b"\
not json
{\"id\":1,\"method\":\"thread/stop\"}
{\"id\":2}
bad \xff text

{\"id\":3,\"method\":\"turn/start\",\"params\":{\"threadId\":\"thread-1\"}}
{\"id\":4,\"method\":\"thread/start\"}
";
    let output = play("errors.jsonl", session).await;
    assert!(output.status.success(), "{output:?}");
    let said = said(&output);
    for (line, start) in said.iter().zip([
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"#,
        r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32600,"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"#,
        r#"{"jsonrpc":"2.0","id":3,"error":{"code":-32602,"#,
        r#"{"jsonrpc":"2.0","id":4,"result":{"thread":{"id":"thread-1","#,
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(said.len(), 6, "{said:?}");
    assert_eq!(
        traces(&output),
        "\
traces over stdio

trace thread/stop
  app_server.call client client failed: there is no method `thread/stop` (-32601)
  └─ app_server.request server server failed: there is no method `thread/stop` (-32601)

trace turn/start
  app_server.call client client failed: wrong params: missing field `input` (-32602)
  └─ turn/start server server failed: wrong params: missing field `input` (-32602)

trace thread/start
  app_server.call client client completed
  └─ thread/start server server completed

3 requests over stdio, and the trace of each of them is whole.

"
    );
}

#[tokio::test]
async fn a_line_with_a_trace_of_its_own_reaches_the_server_as_it_is() {
    let given = "00-00000000000000000000000000000011-0000000000000022-00";
    let session = format!(
        "\
{{\"id\":1,\"method\":\"thread/start\",\"trace\":{{\"traceparent\":\"{given}\"}}}}
{{\"id\":2,\"method\":\"thread/start\",\"trace\":{{\"traceparent\":\"{given}\"}}}}
{{\"id\":3,\"method\":\"thread/start\",\"trace\":7}}
"
    );
    let output = play("own-trace.jsonl", session.as_bytes()).await;
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("trace 00000000000000000000000000000011"));
    assert_eq!(
        traces(&output),
        "\
traces over stdio

trace thread/start, thread/start
  thread/start server server completed
  thread/start server server completed

trace thread/start
  thread/start server server completed

3 requests over stdio, and the trace of each of them is whole.

"
    );
    let warnings = text(&output.stderr);
    assert_eq!(warnings.lines().count(), 1, "{warnings}");
    assert!(warnings.contains("rpc.request_id=3"), "{warnings}");
}

#[tokio::test]
async fn a_line_may_refer_to_earlier_results() {
    let session = b"\
{\"id\":\"first\",\"method\":\"thread/start\"}
{\"id\":2,\"method\":\"turn/start\",\"params\":{\"threadId\":\"${first.thread.id}\",\"input\":\"hi\"}}
{\"id\":3,\"method\":\"${first.thread.model}\"}
{\"id\":4,\"method\":\"${first.thread.color}\"}
";
    let output = play("references.jsonl", session).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let sent = text(&output.stdout);
    assert!(sent.contains(
        r#"-> {"id":2,"method":"turn/start","params":{"threadId":"thread-1","input":"hi"}}"#
    ));
    assert!(sent.contains(r#"-> {"id":3,"method":"canned-1"}"#));
    assert_eq!(
        text(&output.stderr),
        "error: no earlier result has `${first.thread.color}`\n"
    );
}

#[tokio::test]
async fn at_an_empty_line_the_turns_end_first() {
    let session = b"\
{\"id\":1,\"method\":\"thread/start\"}
{\"id\":2,\"method\":\"turn/start\",\"params\":{\"threadId\":\"${1.thread.id}\",\"input\":\"hi\"}}

{\"id\":3,\"method\":\"thread/start\"}
";
    let output = play("paragraphs.jsonl", session).await;
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stdout);
    let [completed, next] = ["turn/completed", r#"-> {"id":3"#].map(|text| said.find(text));
    assert!(completed.expect("it completes") < next.expect("it goes on"));
}

#[tokio::test]
async fn a_server_that_runs_can_be_played_with_again_and_again() {
    let mut server = Server::start(Transport::WebSocket, None, model::router()).await;
    let address = format!("ws://{}", server.address());
    for _ in 0..2 {
        let output = run(&["play", "--ws", &address]).await;
        assert!(output.status.success(), "{output:?}");
        let drawn = traces(&output);
        assert!(
            drawn.starts_with("traces as far as this process knows them\n"),
            "{drawn}"
        );
        let call = "trace turn/start\n  app_server.call client client completed\n\n";
        assert!(drawn.contains(call), "{drawn}");
        let expected = format!(
            "18 calls, each of which began a trace. The rest of it is where {address} sends its spans.\n"
        );
        assert!(drawn.ends_with(&expected), "{drawn}");
    }
    let client = server.connect().await;
    server.stop(client).await;
}

#[tokio::test]
async fn the_children_end_when_the_client_is_killed() {
    let request = "{\"id\":1,\"method\":\"thread/start\"}\n";
    let file = file("long.jsonl", request.repeat(100_000).as_bytes());
    let mut client = program()
        .args(["play", &file])
        .spawn()
        .expect("the program starts");
    let mut stderr = client.stderr.take().expect("a pipe");
    let mut lines = BufReader::new(client.stdout.take().expect("a pipe")).lines();
    while let line = lines.next_line().await.expect("UTF-8").expect("an answer")
        && !line.starts_with("<- ")
    {}
    client.kill().await.expect("it runs");

    // The children have the client's standard error: it ends when the last of them does.
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stderr.read_to_end(&mut rest)).await;
    ended
        .expect("the children end")
        .expect("a pipe can be read");
}
