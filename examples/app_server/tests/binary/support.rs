//! A server in a process of its own, whose model and collector are in the test.

use std::net::Ipv4Addr;
use std::process::{Output, Stdio};
use std::time::Duration;

use app_server::client::Client;
use app_server::collector::{Collector, SpanRecord};
use app_server::processes::LISTENING;
use app_server::protocol::{Event, Outcome, TurnStatus};
use app_server::telemetry::Engine;
use app_server::transport::{Transport, lines, websocket};
use axum::Router;
use axum::routing::post;
use http::uri::Authority;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tracing_relay::testing::PipelineEngine;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_app_server");

/// A guard against tests that hang; nothing is expected to take so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a test, an `async fn(Transport)`, over both transports.
macro_rules! over_each_transport {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        mod $name {
            use app_server::transport::Transport;

            #[tokio::test]
            async fn over_stdio() {
                super::test::$name(Transport::Stdio).await;
            }

            #[tokio::test]
            async fn over_a_websocket() {
                super::test::$name(Transport::WebSocket).await;
            }
        }
    )+};
}

pub(crate) use over_each_transport;

/// A `traceparent` with these ids.
pub(crate) fn tp(trace: u64, span: u64) -> String {
    format!("00-{trace:0>32}-{span:0>16}-01")
}

/// The program on the engine of the suite, outside of any trace. Of what the environment of the tests says
/// about traces, export and proxies, it sees nothing.
pub(crate) fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        let of_export = upper.starts_with("OTEL_") || upper.ends_with("_PROXY");
        if of_export || ["TRACEPARENT", "TRACESTATE", "BAGGAGE"].contains(&&*upper) {
            command.env_remove(name);
        }
    }
    if PipelineEngine::of_the_suite() == PipelineEngine::Own {
        command.args(["--engine", Engine::Own.as_str()]);
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs the program with these arguments to its end.
pub(crate) async fn run(args: &[&str]) -> Output {
    let child = program().args(args).spawn().expect("the program starts");
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
    output.expect("it ends").expect("its output can be read")
}

/// A session in a file of this name.
pub(crate) fn file(name: &str, session: &[u8]) -> String {
    let file = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, session).expect("a temporary file");
    file
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// Tells a process to stop.
pub(crate) async fn terminate(child: &Child) {
    let id = child.id().expect("it runs").to_string();
    let status = Command::new("kill").args(["-TERM", &id]).status().await;
    assert!(status.expect("`kill` is there").success());
}

/// What a process that serves listens on, as it says itself.
pub(crate) async fn address(child: &mut Child) -> String {
    let stdout = child.stdout.take().expect("a pipe");
    let line = BufReader::new(stdout).lines().next_line().await;
    let line = line.expect("UTF-8").expect("a line");
    line.strip_prefix(LISTENING).expect(&line).to_owned()
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    transport: Transport,
    address: Option<Authority>,
    collector: Collector,
}

/// How a server ended.
pub(crate) struct Ended {
    pub(crate) spans: Vec<SpanRecord>,
    pub(crate) errors: String,
}

impl Server {
    /// A server that was started with this `TRACEPARENT`, if any, and asks this model.
    pub(crate) async fn start(
        transport: Transport,
        traceparent: Option<&str>,
        model: Router,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let model_url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, model).await });
        let collector = Collector::start(1).await.expect("a free port");

        let mut command = program();
        command
            .args(["serve", "--model", &model_url, "--spans"])
            .arg(collector.address().to_string())
            .envs(traceparent.map(|value| ("TRACEPARENT", value)));
        if transport == Transport::WebSocket {
            command.arg("--ws=127.0.0.1:0");
        }
        let mut child = command.spawn().expect("the program starts");
        let address = match transport {
            Transport::Stdio => None,
            Transport::WebSocket => {
                let url = address(&mut child).await;
                Some(websocket::authority(&url).expect("an address"))
            }
        };
        Self {
            child,
            transport,
            address,
            collector,
        }
    }

    /// Where the server listens.
    pub(crate) fn address(&self) -> &Authority {
        self.address.as_ref().expect("a server for WebSockets")
    }

    /// A client of the server; of one on standard input and output there is one.
    pub(crate) async fn connect(&mut self) -> Client {
        Client::new(match self.transport {
            Transport::Stdio => lines(
                self.child.stdout.take().expect("the first client"),
                self.child.stdin.take().expect("the first client"),
            ),
            Transport::WebSocket => {
                let connection = websocket::connect(self.address()).await;
                connection.expect("the server listens")
            }
        })
    }

    /// Tells the server to stop.
    pub(crate) async fn terminate(&self) {
        terminate(&self.child).await;
    }

    /// Closes the connection, waits until the server ends, and looks at what it left.
    pub(crate) async fn stop(self, client: Client) -> Ended {
        client.close().await.expect("the server answers");
        if self.transport == Transport::WebSocket {
            self.terminate().await;
        }
        self.ended().await
    }

    /// Waits until the server ends, and looks at what it left.
    pub(crate) async fn ended(self) -> Ended {
        let output = tokio::time::timeout(PATIENCE, self.child.wait_with_output()).await;
        let output = output.expect("it ends").expect("its output can be read");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let spans = self.collector.finish(PATIENCE).await;
        Ended {
            spans: spans.expect("all spans"),
            errors: text(&output.stderr).to_owned(),
        }
    }
}

/// Sends a request and returns its result.
pub(crate) async fn ask(client: &mut Client, message: Value) -> Value {
    let id = serde_json::from_value(message["id"].clone()).expect("an id");
    let sent = client.send(message.to_string()).await;
    sent.expect("the server reads");
    match client.response_to(&id).await.expect("an answer").outcome {
        Outcome::Result(result) => result,
        Outcome::Error(error) => panic!("{error}"),
    }
}

/// Starts a turn in a thread of its own, each in the trace of this `trace`, if any, and returns the
/// ids of both.
pub(crate) async fn start_turn(client: &mut Client, trace: Option<Value>) -> [String; 2] {
    let with_trace = |mut message: Value| {
        if let Some(trace) = &trace {
            message["trace"] = trace.clone();
        }
        message
    };
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    let message = with_trace(json!({"id": 1, "method": "thread/start"}));
    let thread = id(&ask(client, message).await["thread"]["id"]);
    let params = json!({"threadId": thread, "input": "hello"});
    let message = with_trace(json!({"id": 2, "method": "turn/start", "params": params}));
    let turn = id(&ask(client, message).await["turn"]["id"]);
    [thread, turn]
}

/// What happens to a request that a [`stuck_model`] gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The model was asked, and says nothing.
    Waits,
    /// Whoever asked has hung up.
    HungUp,
}

/// A model that never answers, and what it sees.
pub(crate) fn stuck_model() -> (Router, mpsc::UnboundedReceiver<Asked>) {
    struct HangUp(mpsc::UnboundedSender<Asked>);

    impl Drop for HangUp {
        fn drop(&mut self) {
            // The test may have seen enough.
            let _ = self.0.send(Asked::HungUp);
        }
    }

    let (sender, receiver) = mpsc::unbounded_channel();
    let respond = move || {
        let hang_up = HangUp(sender.clone());
        async move {
            hang_up.0.send(Asked::Waits).expect("the test listens");
            std::future::pending::<()>().await;
        }
    };
    let model = Router::new().route("/v1/responses", post(respond));
    (model, receiver)
}

/// The next thing that a [`stuck_model`] sees.
pub(crate) async fn next(asked: &mut mpsc::UnboundedReceiver<Asked>) -> Asked {
    let next = tokio::time::timeout(PATIENCE, asked.recv()).await;
    next.expect("it is asked").expect("it runs")
}

/// Whether the span is that of a request of a client.
pub(crate) fn is_request(span: &SpanRecord) -> bool {
    span.kind == "server" && span.attribute("rpc.method").is_some()
}

/// The one span of this name.
#[track_caller]
pub(crate) fn one<'a>(spans: &'a [SpanRecord], name: &str) -> &'a SpanRecord {
    let named: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(named.len(), 1, "{name} in {spans:?}");
    named[0]
}

/// Waits until this turn has completed.
pub(crate) async fn completed(client: &mut Client, turn: &str) {
    loop {
        let event = client.event().await.expect("an event");
        if let Event::TurnCompleted {
            turn_id,
            status,
            text,
            ..
        } = event
            && turn_id == turn
        {
            assert_eq!(status, TurnStatus::Completed, "{text}");
            return;
        }
    }
}
