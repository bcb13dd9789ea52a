//! The server: reads requests from a connection, handles one after the other, and writes what comes
//! of them.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tracing_relay::request_span;

use crate::core::{Core, Op, Submitter};
use crate::protocol::{Notification, Request, Response, RpcError, Version};
use crate::transport::{self, Incoming, MESSAGE_LIMIT, Transport};

/// The model of a thread whose client names none.
const DEFAULT_MODEL: &str = "canned-1";

/// Messages that may wait for a client that does not read.
const OUTGOING_MESSAGES: usize = 64;

/// What all connections share. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Server {
    core: Core,
    threads: Arc<Threads>,
}

/// The threads that were started, with the model that each of them talks to.
#[derive(Debug, Default)]
struct Threads {
    models: Mutex<HashMap<String, String>>,
    started: AtomicU64,
}

impl Server {
    /// A server whose turns run in `core`.
    #[must_use]
    pub fn new(core: Core) -> Self {
        Self {
            core,
            threads: Arc::default(),
        }
    }

    /// Serves a connection until its input ends and the last turn that it started has completed.
    ///
    /// Requests are handled in the order in which they come. What is no request is answered with an
    /// error, and the next message is read.
    ///
    /// # Errors
    ///
    /// When the connection cannot be read or written.
    pub async fn serve(
        &self,
        connection_id: u64,
        connection: transport::Connection,
    ) -> io::Result<()> {
        let (core, mut events) = self.core.connect();
        let transport::Connection {
            transport,
            mut input,
            mut output,
        } = connection;
        let mut connection = Connection {
            id: connection_id,
            transport,
            client: None,
            core,
            threads: Arc::clone(&self.threads),
        };
        let (replies, mut outgoing) = mpsc::channel(OUTGOING_MESSAGES);

        let notifications = replies.clone();
        let notifying = async move {
            while let Some(event) = events.recv().await {
                let notification = Notification {
                    jsonrpc: Version,
                    event,
                };
                send(&notifications, &notification).await?;
            }
            io::Result::Ok(())
        };
        let reading = async move {
            while let Some(incoming) = input.try_next().await? {
                let response = match incoming {
                    Incoming::Message(message) => connection.answer(&message).await,
                    Incoming::TooLong => Some(too_long()),
                };
                if let Some(response) = response {
                    send(&replies, &response).await?;
                }
            }
            io::Result::Ok(())
        };
        let writing = async move {
            while let Some(message) = outgoing.recv().await {
                output.send(message).await?;
            }
            io::Result::Ok(())
        };
        tokio::try_join!(reading, notifying, writing)?;
        Ok(())
    }
}

fn too_long() -> Response {
    let reason = format_args!("no request: it has more than {MESSAGE_LIMIT} bytes");
    Response::new(None, Err(RpcError::new(RpcError::INVALID_REQUEST, reason)))
}

async fn send(outgoing: &mpsc::Sender<Bytes>, message: &impl Serialize) -> io::Result<()> {
    outgoing
        .send(serde_json::to_vec(message)?.into())
        .await
        .map_err(|_| io::ErrorKind::BrokenPipe.into())
}

/// One client's connection.
struct Connection {
    id: u64,
    transport: Transport,
    /// Who the client is, once it has said so.
    client: Option<ClientInfo>,
    core: Submitter,
    threads: Arc<Threads>,
}

impl Connection {
    /// The response to a message, if it is to have one.
    async fn answer(&mut self, message: &[u8]) -> Option<Response> {
        match Request::from_json(message) {
            Ok(request) => {
                let id = request.id.clone();
                let client = self.client_of(&request);
                let result = self.handle(request, client).await;
                id.map(|id| Response::new(Some(id), result))
            }
            Err(refusal) => Some(*refusal),
        }
    }

    /// Who sends a request: what the client said when it introduced itself, also where that is this
    /// request.
    fn client_of(&self, request: &Request) -> Option<ClientInfo> {
        match request.method.as_str() {
            "initialize" => {
                let params = request.params::<Initialize>();
                params.ok().map(|params| params.client_info)
            }
            _ => self.client.clone(),
        }
    }

    /// Every request comes through here.
    #[request_span(
        name = "app_server.request",
        fields(
            rpc.system = "jsonrpc",
            rpc.service = "codex-app-server",
            rpc.method = request.method,
            rpc.transport = self.transport.as_str(),
            rpc.request_id = request.id,
            app_server.connection_id = self.id,
            app_server.api_version = "v2",
            app_server.client_name = client.as_ref().map(|client| &client.name),
            app_server.client_version = client.as_ref().map(|client| &client.version),
        ),
        err = "message"
    )]
    async fn handle(
        &mut self,
        request: Request,
        client: Option<ClientInfo>,
    ) -> Result<Value, RpcError> {
        match request.method.as_str() {
            "initialize" => Ok(self.initialize(request.params()?)),
            "initialized" => Ok(Value::Null),
            "thread/start" => Ok(self.thread_start(request.params()?)),
            "turn/start" => self.turn_start(request.params()?).await,
            method => Err(RpcError::new(
                RpcError::METHOD_NOT_FOUND,
                format_args!("there is no method `{method}`"),
            )),
        }
    }

    fn initialize(&mut self, params: Initialize) -> Value {
        let ClientInfo { name, version } = &params.client_info;
        let own = env!("CARGO_PKG_VERSION");
        let reply = json!({ "userAgent": format!("app_server/{own} ({name} {version})") });
        self.client = Some(params.client_info);
        reply
    }

    fn thread_start(&self, params: ThreadStart) -> Value {
        let number = self.threads.started.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("thread-{number}");
        let model = params.model.unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        let reply = json!({ "thread": { "id": id, "model": model } });
        self.threads.insert(id, model);
        reply
    }

    async fn turn_start(&self, params: TurnStart) -> Result<Value, RpcError> {
        let TurnStart { thread_id, input } = params;
        let Some(model) = self.threads.model(&thread_id) else {
            return Err(RpcError::new(
                RpcError::INVALID_PARAMS,
                format_args!("there is no thread `{thread_id}`"),
            ));
        };
        let op = Op::UserTurn {
            thread_id,
            model,
            input,
        };
        let id = self.core.submit(op).await;
        let id = id.map_err(|error| RpcError::new(RpcError::INTERNAL, error))?;
        Ok(json!({ "turn": { "id": id, "status": "inProgress" } }))
    }
}

impl Threads {
    fn insert(&self, id: String, model: String) {
        self.lock().insert(id, model);
    }

    fn model(&self, id: &str) -> Option<String> {
        self.lock().get(id).cloned()
    }

    /// Nothing that can panic runs under the lock, so a poisoned one holds a whole map.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialize {
    client_info: ClientInfo,
}

#[derive(Clone, Deserialize)]
struct ClientInfo {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct ThreadStart {
    model: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TurnStart {
    thread_id: String,
    input: String,
}
