//! What carries the messages between a client and a server: lines on standard input and output, or a
//! WebSocket. Neither side knows which it is.

mod lines;
pub mod websocket;

use std::fmt;
use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{Sink, Stream};

pub use lines::lines;

/// Bytes that a message may have.
pub const MESSAGE_LIMIT: usize = 16 << 20;

/// How two processes are connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Standard input and output, one message a line.
    Stdio,
    /// A WebSocket, one message a frame.
    WebSocket,
}

impl Transport {
    /// The name of the transport.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stdio => "stdio",
            Self::WebSocket => "websocket",
        }
    }

    /// Whether the other side still listens when it has said all that it wanted: standard output
    /// stays open when standard input ends, and of a WebSocket nothing is left.
    #[must_use]
    pub const fn outlives_its_input(self) -> bool {
        matches!(self, Self::Stdio)
    }
}

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// A message, whatever it holds. Never empty.
    Message(Bytes),
    /// A message of more than [`MESSAGE_LIMIT`] bytes, of which nothing was kept.
    TooLong,
}

impl Incoming {
    /// The message in these bytes, if there is one.
    fn message(bytes: &Bytes) -> Option<Self> {
        let message = bytes.slice_ref(bytes.trim_ascii());
        (!message.is_empty()).then_some(Self::Message(message))
    }
}

/// The messages that come in; the stream ends with the connection, and after an error.
pub type Input = Pin<Box<dyn Stream<Item = io::Result<Incoming>> + Send>>;

/// Where messages go out, each as the text of one JSON value without a line break.
pub type Output = Pin<Box<dyn Sink<Bytes, Error = io::Error> + Send>>;

/// One end of a connection.
pub struct Connection {
    /// How the two ends are connected.
    pub transport: Transport,
    /// What comes in.
    pub input: Input,
    /// Where messages go out.
    pub output: Output,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
