//! Why an operation of the relay failed.

use std::error::Error;
use std::fmt;

use tokio_tungstenite::tungstenite;

/// Why an operation of the relay failed. The cause is the source.
#[derive(Debug)]
pub enum RelayError {
    /// The server does not know the caller, or not any more.
    Unauthorized,
    /// The server has no time now.
    Busy(String),
    /// The server does not do that.
    Refused(String),
    /// The request could not be made, or was not answered.
    Request(Box<dyn Error + Send + Sync>),
    /// The WebSocket does not work.
    Socket(Box<tungstenite::Error>),
    /// The server has closed the WebSocket.
    Closed,
    /// What came is not what the protocol says.
    Protocol(serde_json::Error),
}

impl RelayError {
    /// Whether other credentials can help.
    #[must_use]
    pub const fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Unauthorized)
    }

    /// Which error it is, without what differs from one to the next.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Busy(_) => "busy",
            Self::Refused(_) => "refused",
            Self::Request(_) => "request",
            Self::Socket(_) => "socket",
            Self::Closed => "closed",
            Self::Protocol(_) => "protocol",
        }
    }

    /// Whether it can help to try again later.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Closed)
    }
}

impl fmt::Display for RelayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthorized => f.write_str("the relay does not know this caller"),
            Self::Busy(reason) => write!(f, "the relay is busy: {reason}"),
            Self::Refused(reason) => write!(f, "the relay refuses: {reason}"),
            Self::Request(_) => f.write_str("the request to the relay failed"),
            Self::Socket(_) => f.write_str("the socket of the relay failed"),
            Self::Closed => f.write_str("the relay closed the socket"),
            Self::Protocol(_) => f.write_str("the relay said what is not in the protocol"),
        }
    }
}

impl Error for RelayError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unauthorized | Self::Busy(_) | Self::Refused(_) | Self::Closed => None,
            Self::Request(error) => Some(error.as_ref()),
            Self::Socket(error) => Some(error),
            Self::Protocol(error) => Some(error),
        }
    }
}

impl From<reqwest::Error> for RelayError {
    fn from(error: reqwest::Error) -> Self {
        // The address is no secret, but different in each run.
        Self::Request(error.without_url().into())
    }
}

impl From<http::Error> for RelayError {
    fn from(error: http::Error) -> Self {
        Self::Request(error.into())
    }
}

impl From<tungstenite::Error> for RelayError {
    fn from(error: tungstenite::Error) -> Self {
        use tungstenite::error::ProtocolError;
        match error {
            tungstenite::Error::ConnectionClosed
            | tungstenite::Error::AlreadyClosed
            | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Self::Closed
            }
            tungstenite::Error::Http(response) if response.status() == 401 => Self::Unauthorized,
            error => Self::Socket(Box::new(error)),
        }
    }
}

impl From<serde_json::Error> for RelayError {
    fn from(error: serde_json::Error) -> Self {
        Self::Protocol(error)
    }
}
