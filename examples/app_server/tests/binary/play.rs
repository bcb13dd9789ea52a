//! What playing a session prints and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_app_server");

/// Plays a session that is in a file of this name.
fn play(name: &str, session: &[u8]) -> Output {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, session).expect("a temporary file");
    Command::new(PROGRAM)
        .arg("play")
        .arg(file)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
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
        .skip_while(|line| !line.starts_with("trace "))
        .map(|line| {
            if let Some(title) = line.strip_prefix("trace ") {
                let (id, title) = title.split_once(' ').expect("an id and a title");
                assert_eq!(id.len(), 32, "{line}");
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

#[test]
fn without_arguments_the_shipped_session_is_played_and_each_trace_is_whole() {
    // Whoever starts the demo may be in a trace, which is not that of the session.
    let output = Command::new(PROGRAM)
        .env(
            "TRACEPARENT",
            "00-00000000000000000000000000000033-0000000000000044-01",
        )
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(
        traces(&output),
        "\
trace initialize
  app_server.call client client completed
  └─ app_server.request server server completed

trace initialized
  app_server.call client client completed
  └─ app_server.request server server completed

trace thread/start
  app_server.call client client completed
  └─ app_server.request server server completed

trace turn/start
  app_server.call client client completed
  └─ app_server.request server server completed
     └─ submission_dispatch consumer server completed
        └─ turn internal server completed
           └─ run_turn internal server completed
              └─ model_request client server completed
                 └─ POST /v1/responses server model completed

trace turn/start
  app_server.call client client completed
  └─ app_server.request server server completed
     └─ submission_dispatch consumer server completed
        └─ turn internal server completed
           └─ run_turn internal server completed
              └─ model_request client server completed
                 └─ POST /v1/responses server model completed

5 requests, and the trace of each of them is whole.
"
    );
    let said = said(&output);
    assert_eq!(said.len(), 6, "{said:?}");
    assert_eq!(
        said[1],
        r#"{"jsonrpc":"2.0","id":2,"result":{"thread":{"id":"thread-1","model":"canned-1"}}}"#
    );
}

#[test]
fn errors_are_answers_and_the_session_goes_on() {
    let session = b"\
not json
{\"id\":1,\"method\":\"thread/stop\"}
{\"id\":2}
bad \xff text

{\"id\":3,\"method\":\"turn/start\",\"params\":{\"threadId\":\"thread-1\"}}
{\"id\":4,\"method\":\"thread/start\"}
";
    let output = play("errors.jsonl", session);
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
trace thread/stop
  app_server.call client client failed: there is no method `thread/stop` (-32601)
  └─ app_server.request server server failed: there is no method `thread/stop` (-32601)

trace turn/start
  app_server.call client client failed: wrong params: missing field `input` (-32602)
  └─ app_server.request server server failed: wrong params: missing field `input` (-32602)

trace thread/start
  app_server.call client client completed
  └─ app_server.request server server completed

3 requests, and the trace of each of them is whole.
"
    );
}

#[test]
fn a_line_with_a_trace_of_its_own_reaches_the_server_as_it_is() {
    let given = "00-00000000000000000000000000000011-0000000000000022-00";
    let session = format!(
        "\
{{\"id\":1,\"method\":\"thread/start\",\"trace\":{{\"traceparent\":\"{given}\"}}}}
{{\"id\":2,\"method\":\"thread/start\",\"trace\":{{\"traceparent\":\"{given}\"}}}}
{{\"id\":3,\"method\":\"thread/start\",\"trace\":7}}
"
    );
    let output = play("own-trace.jsonl", session.as_bytes());
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).contains("trace 00000000000000000000000000000011"));
    assert_eq!(
        traces(&output),
        "\
trace thread/start, thread/start
  app_server.request server server completed
  app_server.request server server completed

trace thread/start
  app_server.request server server completed

3 requests, and the trace of each of them is whole.
"
    );
    let warnings = text(&output.stderr);
    assert_eq!(warnings.lines().count(), 1, "{warnings}");
    assert!(warnings.contains("rpc.request_id=3"), "{warnings}");
}

#[test]
fn a_session_that_cannot_be_read_fails() {
    let output = Command::new(PROGRAM)
        .args(["play", "no-such-file.jsonl"])
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no-such-file.jsonl"));
}

#[test]
fn a_turn_without_a_model_fails_and_its_server_goes_on() {
    let mut server = Command::new(PROGRAM)
        .args(["serve", "--model", "http://127.0.0.1:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = server.stdin.take().expect("a pipe");
    stdin
        .write_all(
            b"\
{\"id\":1,\"method\":\"thread/start\"}
{\"id\":2,\"method\":\"turn/start\",\"params\":{\"threadId\":\"thread-1\",\"input\":\"hi\"}}
",
        )
        .expect("the server reads");
    let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("a line").expect("UTF-8");
    assert!(next().contains(r#""id":"thread-1""#));
    assert!(next().contains(r#""status":"inProgress""#));
    let completed = next();
    assert!(completed.contains(r#""status":"failed""#), "{completed}");
    stdin
        .write_all(b"{\"id\":3,\"method\":\"thread/start\"}\n")
        .expect("the server reads");
    assert!(next().contains(r#""id":"thread-2""#));
    drop(stdin);
    assert!(server.wait().expect("it ends").success());
}

#[test]
fn the_children_end_when_the_client_is_killed() {
    let request = "{\"id\":1,\"method\":\"thread/start\"}\n";
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("long.jsonl");
    std::fs::write(&file, request.repeat(100_000)).expect("a temporary file");
    let mut client = Command::new(PROGRAM)
        .arg("play")
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stderr = client.stderr.take().expect("a pipe");
    let mut lines = BufReader::new(client.stdout.take().expect("a pipe")).lines();
    let answered = lines.any(|line| line.is_ok_and(|line| line.starts_with("<- ")));
    assert!(answered, "the session has begun");
    client.kill().expect("it runs");
    client.wait().expect("it ends");

    // The children have the client's standard error: it ends when the last of them does.
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        done.send(stderr.read_to_end(&mut rest).map(|_| rest))
    });
    let rest = ended.recv_timeout(Duration::from_secs(60));
    rest.expect("the children end").expect("a pipe can be read");
}
