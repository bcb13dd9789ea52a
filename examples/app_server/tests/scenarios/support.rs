//! The parts of the demo, put together for a test.

use std::net::Ipv4Addr;
use std::sync::Arc;

use app_server::client::Client;
use app_server::core::{self, Core, Queued};
use app_server::model_client::ModelClient;
use app_server::protocol::{Outcome, Response};
use app_server::server::Server;
use app_server::transport::lines;
use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tracing_relay::TraceContext;

/// Runs a scenario, an `async fn(Traces)`, on both kinds of runtime.
macro_rules! on_each_runtime {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        mod $name {
            use tracing_relay::testing::Traces;

            #[tracing_relay::test(logs = true)]
            async fn on_the_current_thread(traces: Traces) {
                super::scenario::$name(traces).await;
            }

            #[tracing_relay::test(flavor = "multi_thread", worker_threads = 2, logs = true)]
            async fn on_two_workers(traces: Traces) {
                super::scenario::$name(traces).await;
            }
        }
    )+};
}

pub(crate) use on_each_runtime;

/// A `traceparent` with these ids, written as in the scenarios.
pub(crate) fn tp(trace: u64, span: u64) -> String {
    format!("00-{trace:0>32}-{span:0>16}-01")
}

/// The context of [`tp`].
pub(crate) fn context(trace: u64, span: u64) -> TraceContext {
    tp(trace, span).parse().expect("a valid traceparent")
}

/// How often a text is in another.
pub(crate) fn count(text: &str, of: &str) -> usize {
    text.matches(of).count()
}

/// A server, and whatever takes its submissions.
pub(crate) struct Parts {
    pub(crate) server: Server,
}

/// A connection to a server, without the spans that the demo's client makes.
pub(crate) struct Connection {
    client: Client,
    served: JoinHandle<std::io::Result<()>>,
}

impl Parts {
    /// A server whose core asks this model.
    pub(crate) async fn with_model(model: Router) -> Self {
        let (core, queue) = Core::new(16);
        tokio::spawn(core::run(queue, model_client(model).await));
        let server = Server::new(core);
        Self { server }
    }

    /// A server with the demo's own model.
    pub(crate) async fn start() -> Self {
        Self::with_model(app_server::model::router()).await
    }

    /// A server whose submissions the test takes itself.
    pub(crate) fn with_queue() -> (Self, mpsc::Receiver<Queued>) {
        let (core, queue) = Core::new(16);
        let server = Server::new(core);
        (Self { server }, queue)
    }

    /// A connection with this number.
    pub(crate) fn connect(&self, connection_id: u64) -> Connection {
        let (near, far) = tokio::io::duplex(4096);
        let (input, output) = tokio::io::split(far);
        let own = self.server.clone();
        let served =
            tokio::spawn(async move { own.serve(connection_id, lines(input, output)).await });
        let (input, output) = tokio::io::split(near);
        let client = Client::new(lines(input, output));
        Connection { client, served }
    }
}

/// A model on a free port, and the way to it.
pub(crate) async fn model_client(model: Router) -> ModelClient {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, model).await });
    ModelClient::new(&format!("http://{address}")).expect("a client")
}

/// The demo's model, and the headers of the requests that it gets.
pub(crate) fn model_with_headers() -> (Router, mpsc::UnboundedReceiver<http::HeaderMap>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let sender = Arc::new(sender);
    let model = app_server::model::router().layer(axum::middleware::map_request(
        move |request: axum::extract::Request| {
            let sender = Arc::clone(&sender);
            async move {
                sender
                    .send(request.headers().clone())
                    .expect("the test listens");
                request
            }
        },
    ));
    (model, receiver)
}

impl Connection {
    /// Sends a message and returns the answer.
    pub(crate) async fn ask(&mut self, message: &Value) -> Response {
        self.ask_line(message.to_string().as_bytes()).await
    }

    /// Sends a line and returns the answer.
    pub(crate) async fn ask_line(&mut self, line: &[u8]) -> Response {
        self.client
            .send(line.to_vec())
            .await
            .expect("the server reads");
        self.client.response().await.expect("an answer")
    }

    /// Starts a thread and returns its id.
    pub(crate) async fn start_thread(&mut self) -> String {
        let response = self.ask(&json!({"id": 1, "method": "thread/start"})).await;
        let result = result(&response);
        result["thread"]["id"].as_str().expect("an id").to_owned()
    }

    /// Starts a turn with this `trace`, if any, and returns the answer.
    pub(crate) async fn start_turn(&mut self, thread: &str, trace: Option<Value>) -> Response {
        let mut message = json!({
            "id": 2,
            "method": "turn/start",
            "params": {"threadId": thread, "input": "hello"},
        });
        if let Some(trace) = trace {
            message["trace"] = trace;
        }
        self.ask(&message).await
    }

    /// Waits until a turn has completed.
    pub(crate) async fn turn_completed(&mut self) {
        self.client.event().await.expect("an event");
    }

    /// Closes the connection and waits until all that came over it is done.
    pub(crate) async fn close(self) {
        drop(self.client);
        let served = self.served.await.expect("no panic");
        served.expect("no failure");
    }
}

/// The result in a response.
#[track_caller]
pub(crate) fn result(response: &Response) -> &Value {
    match &response.outcome {
        Outcome::Result(result) => result,
        Outcome::Error(error) => panic!("{error}"),
    }
}

/// The code of the error in a response.
#[track_caller]
pub(crate) fn error_code(response: &Response) -> i64 {
    match &response.outcome {
        Outcome::Result(result) => panic!("no error: {result}"),
        Outcome::Error(error) => error.code,
    }
}
