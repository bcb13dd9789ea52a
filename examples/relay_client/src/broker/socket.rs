//! What the server does on a WebSocket, which is a socket for each ticket.

use std::io;

use axum::serve::Listener;
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderMap;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{
    ErrorResponse, Request as Handshake, Response,
};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};
use tracing_relay::relay_traced;

use super::{BROKER, Broker, Refusal};
use crate::protocol::{ClientMessage, Request, Secret, ServerMessage, TICKET};

/// Serves whoever connects. Dropping it ends all connections.
pub async fn serve_sockets(mut listener: TcpListener, broker: Broker) {
    let mut connections = JoinSet::new();
    loop {
        // Goes on after an error, which is that of one client or passes.
        let (stream, _) = Listener::accept(&mut listener).await;
        let broker = broker.clone();
        // What is wrong with a connection is its client's concern.
        connections.spawn(async move { serve_socket(stream, &broker).await.ok() });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_socket(stream: TcpStream, broker: &Broker) -> Result<(), io::Error> {
    let mut admitted = None;
    #[expect(
        clippy::result_large_err,
        reason = "the signature is that of the library's callback"
    )]
    let check = |handshake: &Handshake, response: Response| {
        let redeemed = broker.redeem(handshake.uri());
        let environment = admit(handshake.headers(), redeemed).map_err(refused)?;
        admitted = Some(environment);
        Ok(response)
    };
    let socket = accept_hdr_async(stream, check).await;
    let socket = socket.map_err(io::Error::other)?;
    let environment = admitted.ok_or(io::ErrorKind::InvalidData)?;
    serve(socket, broker, &environment).await
}

fn refused(refusal: Refusal) -> ErrorResponse {
    let mut response = ErrorResponse::new(Some(refusal.to_string()));
    *response.status_mut() = refusal.status();
    response
}

impl Broker {
    /// The environment that the ticket in a URL is for.
    fn redeem(&self, uri: &http::Uri) -> Result<String, Refusal> {
        let ticket = uri.query().and_then(|query| query.strip_prefix(TICKET));
        let ticket = ticket.ok_or(Refusal::Unauthorized)?;
        self.environments.redeem(&Secret::new(ticket.to_owned()))
    }
}

/// Lets a client in whose ticket was good.
#[relay_traced(scope = BROKER, name = "relay.broker.accept", kind = "server",
    carrier = headers, trust = redeemed.is_ok(),
    on_ok(|environment| relay.environment_id = environment))]
fn admit(headers: &HeaderMap, redeemed: Result<String, Refusal>) -> Result<String, Refusal> {
    redeemed
}

async fn serve(
    mut socket: WebSocketStream<TcpStream>,
    broker: &Broker,
    environment: &str,
) -> Result<(), io::Error> {
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message.map_err(io::Error::other)? else {
            continue;
        };
        match broker.answer(environment, serde_json::from_str(&text)?) {
            Some(answer) => {
                let answer = Message::text(serde_json::to_string(&answer)?);
                socket.send(answer).await.map_err(io::Error::other)?;
            }
            None => break,
        }
    }
    Ok(())
}

impl Broker {
    /// The answer to a message. Without one the connection ends, and without a word.
    #[relay_traced(scope = BROKER, name = "relay.broker.message", kind = "consumer",
        fields(relay.environment_id = environment))]
    fn answer(&self, environment: &str, message: ClientMessage) -> Option<ServerMessage> {
        match message.request {
            Request::Echo(text) => Some(ServerMessage::Echo(text)),
            Request::GoAway(refusals) => {
                self.environments.be_busy(environment, refusals);
                None
            }
        }
    }
}
