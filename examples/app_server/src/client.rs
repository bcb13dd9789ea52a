//! The client's end of a connection: one request at a time, and the events that come between.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _};
use serde_json::Value;
use tokio::time::timeout;
use tracing_relay::traced;

use crate::protocol::{Event, Outcome, Request, Response, RpcError, ServerMessage};
use crate::transport::{Connection, Incoming};

/// How long the server may be silent while it is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
    events: VecDeque<Event>,
}

impl Client {
    /// A client at this end of a connection.
    #[must_use]
    pub const fn new(connection: Connection) -> Self {
        Self {
            connection,
            events: VecDeque::new(),
        }
    }

    /// Sends a request and waits for its result. A notification has none: its result is `null`.
    ///
    /// # Errors
    ///
    /// With the server's error, or when the connection is of no use any more.
    #[traced(
        kind = "client",
        name = "app_server.call",
        fields(
            rpc.system = "jsonrpc",
            rpc.method = request.method,
            rpc.request_id = request.id,
        ),
        err = "message"
    )]
    pub async fn call(&mut self, request: Request) -> Result<Value, CallError> {
        self.send(serde_json::to_vec(&request)?).await?;
        if request.id.is_none() {
            return Ok(Value::Null);
        }
        let response = self.response().await?;
        if response.id != request.id {
            return Err(CallError::NotAsked);
        }
        match response.outcome {
            Outcome::Result(result) => Ok(result),
            Outcome::Error(error) => Err(CallError::Rpc(error)),
        }
    }

    /// Sends a message as it is.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub async fn send(&mut self, message: impl Into<Bytes>) -> Result<(), CallError> {
        Ok(self.connection.output.send(message.into()).await?)
    }

    /// The next response; events before it are kept for [`event`](Self::event).
    ///
    /// # Errors
    ///
    /// When none comes.
    pub async fn response(&mut self) -> Result<Response, CallError> {
        loop {
            match self.message().await? {
                ServerMessage::Notification(notification) => {
                    self.events.push_back(notification.event);
                }
                ServerMessage::Response(response) => return Ok(response),
            }
        }
    }

    /// The next event.
    ///
    /// # Errors
    ///
    /// When none comes.
    pub async fn event(&mut self) -> Result<Event, CallError> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        match self.message().await? {
            ServerMessage::Notification(notification) => Ok(notification.event),
            ServerMessage::Response(_) => Err(CallError::NotAsked),
        }
    }

    async fn message(&mut self) -> Result<ServerMessage, CallError> {
        match timeout(PATIENCE, self.connection.input.try_next()).await {
            Err(_) => Err(CallError::Silent),
            Ok(incoming) => match incoming? {
                None => Err(CallError::Closed),
                Some(Incoming::Message(message)) => Ok(serde_json::from_slice(&message)?),
                Some(Incoming::TooLong) => Err(CallError::TooLong),
            },
        }
    }
}

/// Why there is no result.
#[derive(Debug)]
pub enum CallError {
    /// The server answered with an error.
    Rpc(RpcError),
    /// The connection failed, or what came over it was no message.
    Io(io::Error),
    /// The server closed the connection.
    Closed,
    /// The server said nothing for a long time.
    Silent,
    /// The server said more than a message may hold.
    TooLong,
    /// The server answered something that it was not asked.
    NotAsked,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rpc(error) => error.fmt(f),
            Self::Io(error) => write!(f, "the connection to the server failed: {error}"),
            Self::Closed => f.write_str("the server closed the connection"),
            Self::Silent => f.write_str("the server does not answer"),
            Self::TooLong => f.write_str("the server's message is too long"),
            Self::NotAsked => f.write_str("the server answered what it was not asked"),
        }
    }
}

impl std::error::Error for CallError {}

impl From<io::Error> for CallError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for CallError {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}
