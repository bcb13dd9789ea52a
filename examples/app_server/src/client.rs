//! The client's end of a connection: sends requests, and keeps what it hears until it is asked for.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, TryStreamExt as _, sink};
use serde_json::Value;
use tokio::time::timeout;
use tracing_relay::traced;

use crate::protocol::{Event, Outcome, Request, RequestId, Response, RpcError, ServerMessage};
use crate::transport::{Connection, Incoming, Transport};

/// How long the server may be silent while it is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to a server, which may answer in another order than it was asked.
#[derive(Debug)]
pub struct Client {
    connection: Connection,
    events: VecDeque<Event>,
    responses: Vec<Response>,
}

impl Client {
    /// A client at this end of a connection.
    #[must_use]
    pub const fn new(connection: Connection) -> Self {
        Self {
            connection,
            events: VecDeque::new(),
            responses: Vec::new(),
        }
    }

    /// How the client is connected.
    #[must_use]
    pub const fn transport(&self) -> Transport {
        self.connection.transport
    }

    /// Sends a request and waits for its result. A notification has none: its result is `null`.
    ///
    /// # Errors
    ///
    /// With the server's error, or when the connection is of no use any more.
    #[traced(kind = "client", name = "app_server.call", conventions = "jsonrpc", err = "message",
        fields(rpc.method = request.method, jsonrpc.request.id = request.id))]
    pub async fn call(&mut self, request: Request) -> Result<Value, CallError> {
        self.send(serde_json::to_vec(&request)?).await?;
        let Some(id) = &request.id else {
            return Ok(Value::Null);
        };
        match self.response_to(id).await?.outcome {
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

    /// The next response, to whatever it is.
    ///
    /// # Errors
    ///
    /// When none comes.
    pub async fn response(&mut self) -> Result<Response, CallError> {
        self.response_where(|_| true).await
    }

    /// The response to the request with this id, or to a message that the server could not read: that
    /// may have been this one.
    ///
    /// # Errors
    ///
    /// When none comes.
    pub async fn response_to(&mut self, id: &RequestId) -> Result<Response, CallError> {
        self.response_where(|response| response.id.as_ref().is_none_or(|known| known == id))
            .await
    }

    async fn response_where(
        &mut self,
        wanted: impl Fn(&Response) -> bool,
    ) -> Result<Response, CallError> {
        if let Some(index) = self.responses.iter().position(&wanted) {
            return Ok(self.responses.remove(index));
        }
        loop {
            match self.message().await? {
                ServerMessage::Notification(notification) => {
                    self.events.push_back(notification.event);
                }
                ServerMessage::Response(response) if wanted(&response) => return Ok(response),
                ServerMessage::Response(response) => self.responses.push(response),
            }
        }
    }

    /// The events that came while something else was waited for.
    pub fn heard(&mut self) -> impl Iterator<Item = Event> {
        self.events.drain(..)
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
        loop {
            match self.message().await? {
                ServerMessage::Notification(notification) => return Ok(notification.event),
                ServerMessage::Response(response) => self.responses.push(response),
            }
        }
    }

    /// Closes the connection, and waits until the server has done the same.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn close(mut self) -> Result<(), CallError> {
        self.connection.output.close().await?;
        // Standard input ends when nobody holds its other end.
        self.connection.output = Box::pin(sink::drain().sink_map_err(|never| match never {}));
        loop {
            match self.message().await {
                Ok(_) => {}
                Err(CallError::Closed) => return Ok(()),
                Err(error) => return Err(error),
            }
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
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rpc(error) => error.fmt(f),
            Self::Io(error) => write!(f, "the connection to the server failed: {error}"),
            Self::Closed => f.write_str("the server closed the connection"),
            Self::Silent => f.write_str("the server does not answer"),
            Self::TooLong => f.write_str("the server's message is too long"),
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::transport::lines;

    fn request(id: u64) -> Request {
        let json = format!(r#"{{"id":{id},"method":"thread/start"}}"#);
        Request::from_json(json.as_bytes()).expect("a request")
    }

    /// A client of a server that has said this, and then is silent.
    async fn client_of(said: &str) -> (Client, tokio::io::DuplexStream) {
        let (near, mut far) = tokio::io::duplex(1 << 16);
        let sent = far.write_all(said.as_bytes()).await;
        sent.expect("the pipe is not full");
        let (input, output) = tokio::io::split(near);
        (Client::new(lines(input, output)), far)
    }

    #[tokio::test]
    async fn what_others_are_answered_and_what_happens_meanwhile_is_kept() {
        let (mut client, _server) = client_of(
            r#"{"id":2,"result":"two"}
{"method":"thread/name/updated","params":{"threadId":"thread-1","name":"first"}}
{"id":1,"result":"one"}
{"id":3,"error":{"code":-32601,"message":"three"}}
{"method":"thread/name/updated","params":{"threadId":"thread-1","name":"second"}}
"#,
        )
        .await;
        let named = |name: &str| Event::ThreadNameUpdated {
            thread_id: "thread-1".to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(client.call(request(1)).await.expect("a result"), "one");
        assert_eq!(client.heard().collect::<Vec<_>>(), [named("first")]);
        assert_eq!(client.event().await.expect("an event"), named("second"));
        let error = client.call(request(3)).await.expect_err("an error");
        assert_eq!(error.to_string(), "three (-32601)");
        assert_eq!(client.call(request(2)).await.expect("a result"), "two");
    }

    #[tokio::test]
    async fn an_answer_to_what_could_not_be_read_is_that_to_the_call() {
        let error = r#"{"id":null,"error":{"code":-32600,"message":"too long"}}"#;
        let (mut client, _server) = client_of(&format!("{error}\n")).await;
        let error = client.call(request(1)).await.expect_err("an error");
        assert!(matches!(error, CallError::Rpc(_)), "{error}");
    }

    #[tokio::test]
    async fn closing_says_so_and_hears_the_server_out() {
        let (client, mut server) = client_of("").await;
        let serving = async move {
            let mut said = Vec::new();
            server.read_to_end(&mut said).await?;
            let last = r#"{"id":1,"result":null}"#;
            server.write_all(format!("{last}\n").as_bytes()).await?;
            io::Result::Ok(said)
        };
        let (closed, said) = tokio::join!(client.close(), serving);
        closed.expect("the server closes");
        assert_eq!(said.expect("the pipe works"), [0_u8; 0]);
    }
}
