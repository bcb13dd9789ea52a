//! One message a WebSocket frame, without TLS.
//!
//! A message is sent as text, or as a binary frame if it is not UTF-8; both are taken. The library
//! answers pings, and a frame that is too long leaves it in the middle of that frame, so that this
//! ends the connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Sink, Stream, StreamExt as _};
use http::StatusCode;
use http::header::ORIGIN;
use http::uri::Authority;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::frame::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config, client_async_with_config};

use super::{Connection, Incoming, MESSAGE_LIMIT, Transport};

/// How long the other side may take for its part of the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long the other side may take to close the connection after it was told to.
const GOODBYE: Duration = Duration::from_secs(2);

/// Takes a client's handshake. What is left to do when the connection has been served is to
/// [close](Closer::close) it.
///
/// A page in a browser can connect to the loopback interface too, and whoever says to come from one
/// is refused.
///
/// # Errors
///
/// When the handshake fails.
pub async fn accept(stream: TcpStream) -> io::Result<(Connection, Closer)> {
    // Each message is flushed, and would wait for the acknowledgement of the one before.
    stream.set_nodelay(true)?;
    let handshake = accept_hdr_async_with_config(stream, no_browser, Some(config()));
    let socket = timeout(HANDSHAKE, handshake).await?.map_err(io_error)?;
    let shared = Shared::new(socket);
    Ok((shared.connection(), Closer(shared)))
}

/// Connects to a server.
///
/// # Errors
///
/// When nobody listens there, or the handshake fails.
pub async fn connect(server: &Authority) -> io::Result<Connection> {
    let stream = TcpStream::connect(server.as_str()).await?;
    stream.set_nodelay(true)?;
    let handshake = client_async_with_config(format!("ws://{server}/"), stream, Some(config()));
    let (socket, _) = timeout(HANDSHAKE, handshake).await?.map_err(io_error)?;
    Ok(Shared::new(socket).connection())
}

/// Where a server listens, which is written like `ws://127.0.0.1:4500`, or without `ws://`.
///
/// # Errors
///
/// With what is wrong with it.
pub fn authority(address: &str) -> Result<Authority, String> {
    let authority = address.strip_prefix("ws://").unwrap_or(address);
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    match authority.parse::<Authority>() {
        Ok(authority) if authority.port_u16().is_some() => Ok(authority),
        _ => Err("it has to be like `ws://127.0.0.1:4500` or `127.0.0.1:4500`".to_owned()),
    }
}

/// The URL of a server that listens there.
#[must_use]
pub fn url(address: SocketAddr) -> String {
    format!("ws://{address}")
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_LIMIT))
        .max_frame_size(Some(MESSAGE_LIMIT))
}

#[expect(
    clippy::result_large_err,
    reason = "the signature is that of the library's callback"
)]
fn no_browser(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    if request.headers().contains_key(ORIGIN) {
        let mut refusal = ErrorResponse::new(Some("not from a browser".to_owned()));
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Err(refusal)
    } else {
        Ok(response)
    }
}

/// Closes the connection of a client.
#[derive(Debug)]
pub struct Closer(Shared);

/// Why the server closes a connection that is in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goodbye {
    /// There is no more to do.
    Done,
    /// The server stops.
    Stopping,
}

impl Closer {
    /// Says why the connection is closed, and gives the other side some time to do the same. It must
    /// not be in use any more.
    ///
    /// Where the other side broke the rules, that is the reason.
    pub async fn close(self, goodbye: Goodbye) {
        let Some(socket) = Arc::into_inner(self.0.0) else {
            return;
        };
        let Socket { stream, fault } = socket.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Whoever does not take leave is left without.
        let _ = timeout(GOODBYE, close(stream, fault, goodbye)).await;
    }
}

async fn close(
    mut stream: WebSocketStream<TcpStream>,
    fault: Option<Fault>,
    goodbye: Goodbye,
) -> io::Result<()> {
    let (code, reason) = match (fault, goodbye) {
        (Some(Fault { code, reason }), _) => (code, reason.into()),
        (None, Goodbye::Done) => (CloseCode::Normal, Utf8Bytes::from_static("")),
        (None, Goodbye::Stopping) => (CloseCode::Away, Utf8Bytes::from_static("the server stops")),
    };
    let frame = CloseFrame { code, reason };
    stream.close(Some(frame)).await.map_err(io_error)?;
    while let Some(Ok(_)) = stream.next().await {}
    // After a fault the library reads no more. To close a socket in which there is something to
    // read would take the reason away from the other side before it has read that.
    let stream = stream.get_mut();
    stream.shutdown().await?;
    tokio::io::copy(stream, &mut tokio::io::sink()).await?;
    Ok(())
}

/// How the other side broke the rules.
#[derive(Debug)]
struct Fault {
    code: CloseCode,
    reason: String,
}

impl Fault {
    /// The fault behind an error of the library, if it is one of the other side.
    fn of(error: &Error) -> Option<Self> {
        let code = match error {
            Error::Capacity(_) => CloseCode::Size,
            Error::Utf8(_) => CloseCode::Invalid,
            Error::Protocol(_) => CloseCode::Protocol,
            _ => return None,
        };
        let reason = match error {
            Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
                format!("a message has more than {max_size} bytes")
            }
            Error::Utf8(_) => "a text frame is not UTF-8".to_owned(),
            error => error.to_string(),
        };
        Some(Self { code, reason })
    }
}

/// A socket that is read and written by different tasks. The lock is held for a poll.
#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<Socket>>);

#[derive(Debug)]
struct Socket {
    stream: WebSocketStream<TcpStream>,
    fault: Option<Fault>,
}

impl Shared {
    fn new(stream: WebSocketStream<TcpStream>) -> Self {
        let fault = None;
        Self(Arc::new(Mutex::new(Socket { stream, fault })))
    }

    fn connection(&self) -> Connection {
        Connection {
            transport: Transport::WebSocket,
            input: Box::pin(Input(self.clone())),
            output: Box::pin(Output(self.clone())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Socket> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Input(Shared);

impl Stream for Input {
    type Item = io::Result<Incoming>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut socket = self.0.lock();
        loop {
            let message = match ready!(socket.stream.poll_next_unpin(cx)) {
                Some(Ok(Message::Text(text))) => Bytes::from(text),
                Some(Ok(Message::Binary(bytes))) => bytes,
                // The library answers a ping, and a close, when it is polled again.
                Some(Ok(_)) => continue,
                Some(Err(error)) if is_end(&error) => return Poll::Ready(None),
                Some(Err(error)) => {
                    socket.fault = Fault::of(&error);
                    return Poll::Ready(Some(Err(io_error(error))));
                }
                None => return Poll::Ready(None),
            };
            if let Some(message) = Incoming::message(&message) {
                return Poll::Ready(Some(Ok(message)));
            }
        }
    }
}

struct Output(Shared);

impl Output {
    fn poll(
        &self,
        poll: impl FnOnce(Pin<&mut WebSocketStream<TcpStream>>) -> Poll<Result<(), Error>>,
    ) -> Poll<io::Result<()>> {
        poll(Pin::new(&mut self.0.lock().stream)).map_err(io_error)
    }
}

impl Sink<Bytes> for Output {
    type Error = io::Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(|socket| socket.poll_ready(cx))
    }

    fn start_send(self: Pin<&mut Self>, message: Bytes) -> io::Result<()> {
        let message = match Utf8Bytes::try_from(message.clone()) {
            Ok(text) => Message::Text(text),
            Err(_) => Message::Binary(message),
        };
        let mut socket = self.0.lock();
        Pin::new(&mut socket.stream)
            .start_send(message)
            .map_err(io_error)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(|socket| socket.poll_flush(cx))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(|socket| socket.poll_close(cx))
    }
}

/// Whether the other side has gone without a word, which is no fault.
fn is_end(error: &Error) -> bool {
    match error {
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => true,
        Error::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        ),
        _ => false,
    }
}

fn io_error(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::SendAfterClosing) => io::ErrorKind::BrokenPipe.into(),
        error => io::Error::new(io::ErrorKind::InvalidData, error),
    }
}
