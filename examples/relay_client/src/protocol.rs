//! What the client and the server of the relay say to each other.

use std::fmt;

use serde::{Deserialize, Serialize};
use tracing_relay::carries_trace;

/// The header with the proof that a caller holds its credential.
pub const PROOF: &str = "dpop";

/// The part of a socket's URL that has the ticket.
pub const TICKET: &str = "ticket=";

/// What nobody may read in a log.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret of this text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An environment is linked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// How often it was. The credentials from before the last time do not count any more.
    pub generation: u32,
}

/// A credential for an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// What the holder shows.
    pub token: Secret,
    /// Where the WebSocket of the environment is.
    pub socket: String,
}

/// Lets its holder open one WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketReply {
    /// What the holder shows.
    pub ticket: Secret,
}

/// A message of the client on the WebSocket, in the trace of the operation that made it.
#[carries_trace(new)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientMessage {
    /// What it wants.
    pub request: Request,
}

/// What a client wants on the WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// To hear this again.
    Echo(String),
    /// To be cut off, and to find the server busy as often as this afterwards.
    GoAway(u32),
}

/// A message of the server on the WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to [`Request::Echo`].
    Echo(String),
}

/// Why the server does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// In words.
    pub error: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_in_what_debug_prints() {
        let credential = Credential {
            token: Secret::new("hidden".to_owned()),
            socket: "ws://127.0.0.1:1".to_owned(),
        };
        let printed = format!("{credential:?}");
        assert!(!printed.contains("hidden"), "{printed}");
    }
}
