//! A WebSocket that is open.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use tracing_relay::relay_traced;

use super::connection::Ticket;
use super::{RELAY, RelayError};
use crate::protocol::{ClientMessage, Request, ServerMessage, TICKET};

/// A connection to an environment.
#[derive(Debug)]
pub struct Session {
    socket: WebSocketStream<TcpStream>,
}

impl Session {
    /// Opens the WebSocket that the ticket is for.
    pub(super) async fn open(ticket: Ticket) -> Result<Self, RelayError> {
        let Ticket { socket, token, .. } = ticket;
        let url = format!("{socket}/?{TICKET}{}", token.expose());
        let uri: http::Uri = url.parse().map_err(http::Error::from)?;
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        let request = http::Request::get(uri)
            .header("host", &authority)
            .header("connection", "Upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header(
                "sec-websocket-key",
                tokio_tungstenite::tungstenite::handshake::client::generate_key(),
            )
            .body(())?;
        let socket = shake_hands(&authority, request).await?;
        Ok(Self { socket })
    }

    /// Says something, and returns what comes back.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    #[relay_traced(scope = RELAY, name = "relay.session.echo")]
    pub async fn echo(&mut self, text: &str) -> Result<String, RelayError> {
        self.send(Request::Echo(text.to_owned())).await?;
        let ServerMessage::Echo(text) = self.receive().await?;
        Ok(text)
    }

    /// Asks the server to end the connection, and to be busy for some attempts. Returns when it has ended.
    ///
    /// # Errors
    ///
    /// When it does not end as it should.
    #[relay_traced(scope = RELAY, name = "relay.session.go_away")]
    pub async fn go_away(mut self, refusals: u32) -> Result<(), RelayError> {
        self.send(Request::GoAway(refusals)).await?;
        match self.receive().await {
            Err(RelayError::Closed) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Err(RelayError::Refused("it stays".to_owned())),
        }
    }

    /// Takes leave.
    ///
    /// # Errors
    ///
    /// When the connection has ended before.
    #[relay_traced(scope = RELAY, name = "relay.session.close")]
    pub async fn close(mut self) -> Result<(), RelayError> {
        self.socket.close(None).await?;
        while self.socket.next().await.transpose()?.is_some() {}
        Ok(())
    }

    async fn send(&mut self, request: Request) -> Result<(), RelayError> {
        let message = serde_json::to_string(&ClientMessage::new(request))?;
        Ok(self.socket.send(Message::text(message)).await?)
    }

    async fn receive(&mut self) -> Result<ServerMessage, RelayError> {
        while let Some(message) = self.socket.next().await.transpose()? {
            match message {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(_) => break,
                _ => {}
            }
        }
        Err(RelayError::Closed)
    }
}

/// The request for the WebSocket, which takes the trace along.
#[relay_traced(scope = RELAY, name = "relay.websocket.handshake", kind = "client",
    fields(server.address = authority))]
async fn shake_hands(
    authority: &str,
    request: http::Request<()>,
) -> Result<WebSocketStream<TcpStream>, RelayError> {
    let stream = TcpStream::connect(authority).await;
    let stream = stream.map_err(|error| RelayError::Request(error.into()))?;
    let (socket, _) = client_async(request, stream).await?;
    Ok(socket)
}
