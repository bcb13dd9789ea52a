//! The parts of the demo, put together for a test.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::Arc;

use app_server::core::{self, Core, Queued};
use app_server::model::Prompt;
use app_server::model_client::{ModelClient, ModelError, Responder};
use app_server::protocol::{Event, Method, Outcome, Response, ServerMessage, TurnStatus};
use app_server::server::Server;
use app_server::transport::{self, Incoming, Input, Output, Transport, lines};
use axum::Router;
use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _, sink};
use serde_json::{Value, json};
use strum::VariantArray as _;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_relay::TraceContext;

/// Runs a scenario, an `async fn(Traces)`, on each kind of runtime.
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

            #[tracing_relay::test(flavor = "multi_thread", worker_threads = 4, logs = true)]
            async fn on_four_workers(traces: Traces) {
                super::scenario::$name(traces).await;
            }
        }
    )+};
}

pub(crate) use on_each_runtime;

/// The names of all methods.
pub(crate) fn methods() -> impl Iterator<Item = &'static str> {
    Method::VARIANTS.iter().map(|method| method.name())
}

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
    input: Input,
    output: Output,
    responses: VecDeque<Response>,
    events: VecDeque<Event>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Parts {
    /// A server whose core asks this model.
    pub(crate) async fn with_model(model: Router) -> Self {
        let model = model_client(model).await;
        Self::with_responder(model.clone(), model)
    }

    /// A server whose turns do what they are told.
    pub(crate) fn obedient() -> (Self, Obedient) {
        let model = Obedient::new();
        (Self::with_responder(nowhere(), model.clone()), model)
    }

    /// A server whose turns ask `responder`.
    pub(crate) fn with_responder(model: ModelClient, responder: impl Responder) -> Self {
        let (core, queue) = Core::new(16);
        tokio::spawn(core::run(queue, responder));
        let server = Server::new(core, model);
        Self { server }
    }

    /// A server with the demo's own model.
    pub(crate) async fn start() -> Self {
        Self::with_model(app_server::model::router()).await
    }

    /// A server whose submissions the test takes itself.
    pub(crate) fn with_queue() -> (Self, mpsc::Receiver<Queued>) {
        let (core, queue) = Core::new(16);
        let server = Server::new(core, nowhere());
        (Self { server }, queue)
    }

    /// A connection with this number, over standard input and output.
    pub(crate) fn connect(&self, connection_id: u64) -> Connection {
        self.connect_over(connection_id, Transport::Stdio)
    }

    /// A connection with this number.
    pub(crate) fn connect_over(&self, connection_id: u64, transport: Transport) -> Connection {
        let (near_input, far_output) = tokio::io::duplex(4096);
        let (far_input, near_output) = tokio::io::duplex(4096);
        let far = transport::Connection {
            transport,
            ..lines(far_input, far_output)
        };
        let own = self.server.clone();
        let served = tokio::spawn(async move { own.serve(connection_id, far).await });
        let near = lines(near_input, near_output);
        Connection {
            input: near.input,
            output: near.output,
            responses: VecDeque::new(),
            events: VecDeque::new(),
            served,
        }
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

/// A model inside this process, which does what it is told: `"fail"`, `"panic"`, `"wait"`, or to say
/// anything else.
#[derive(Clone, Debug)]
pub(crate) struct Obedient {
    /// As many permits as there were prompts to wait.
    pub(crate) asked: Arc<Semaphore>,
    /// Cancelled, it ends the waiting.
    pub(crate) gate: CancellationToken,
}

impl Obedient {
    pub(crate) fn new() -> Self {
        Self {
            asked: Arc::new(Semaphore::new(0)),
            gate: CancellationToken::new(),
        }
    }

    /// Waits until the model waits.
    pub(crate) async fn waits(&self) {
        self.asked.acquire().await.expect("it is open").forget();
    }
}

impl Responder for Obedient {
    async fn respond(
        &self,
        prompt: Prompt,
        say: impl Fn(&str) + Send + Sync,
    ) -> Result<String, ModelError> {
        match prompt.input.as_str() {
            "fail" => return Err(ModelError::Answer("as it was told".into())),
            "panic" => panic!("as it was told"),
            "wait" => {
                self.asked.add_permits(1);
                self.gate.cancelled().await;
            }
            _ => {}
        }
        say(&prompt.input);
        Ok(prompt.input)
    }
}

/// The way to a model that is not there.
pub(crate) fn nowhere() -> ModelClient {
    ModelClient::new("http://127.0.0.1:9").expect("a client")
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
        self.send(line).await;
        self.response().await
    }

    /// Sends a line.
    pub(crate) async fn send(&mut self, line: &[u8]) {
        let sent = self.output.send(Bytes::copy_from_slice(line)).await;
        sent.expect("the server reads");
    }

    /// The next answer.
    pub(crate) async fn response(&mut self) -> Response {
        while self.responses.is_empty() {
            assert!(self.receive().await, "the server has gone");
        }
        self.responses.pop_front().expect("there is one")
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Event {
        while self.events.is_empty() {
            assert!(self.receive().await, "the server has gone");
        }
        self.events.pop_front().expect("there is one")
    }

    /// Takes the next message, if there is one.
    async fn receive(&mut self) -> bool {
        let Some(incoming) = self.input.try_next().await.expect("lines") else {
            return false;
        };
        let Incoming::Message(message) = incoming else {
            panic!("the message is too long");
        };
        match serde_json::from_slice(&message).expect("a message") {
            ServerMessage::Response(response) => self.responses.push_back(response),
            ServerMessage::Notification(notification) => {
                self.events.push_back(notification.event);
            }
        }
        true
    }

    /// Calls a method and returns the answer.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Response {
        let params = json!({"id": method, "method": method, "params": params});
        self.ask(&params).await
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

    /// Waits until a turn has ended, and returns how and with which text.
    pub(crate) async fn turn_completed(&mut self) -> (TurnStatus, String) {
        loop {
            if let Event::TurnCompleted { status, text, .. } = self.event().await {
                return (status, text);
            }
        }
    }

    /// Goes without a word, and waits until the server has seen it.
    pub(crate) async fn cut(self) {
        drop((self.input, self.output));
        // It may have seen it when it wanted to write.
        let _ = self.served.await.expect("no panic");
    }

    /// Takes the server's end away while the client is still there.
    pub(crate) async fn abandon(self) {
        self.served.abort();
        let ended = self.served.await.expect_err("it was aborted");
        assert!(ended.is_cancelled());
    }

    /// Waits until the server ends the connection, and returns why.
    pub(crate) async fn ended(self) -> std::io::Error {
        let served = self.served.await.expect("no panic");
        served.expect_err("a failure")
    }

    /// Says no more, waits until all that came over the connection is done, and returns the events
    /// that nobody has looked at.
    pub(crate) async fn close(mut self) -> Vec<Event> {
        self.output = Box::pin(sink::drain().sink_map_err(|never| match never {}));
        while self.receive().await {}
        let served = self.served.await.expect("no panic");
        served.expect("no failure");
        self.events.into()
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
