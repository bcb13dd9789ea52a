//! The server of the relay, on the machine of an environment: it mints credentials, gives tickets for them,
//! and serves a WebSocket for each ticket. The trace of a caller is continued once it is known who calls; who
//! is not known cannot add to the traces of others.

mod caller;
mod environments;
mod refusal;
mod routes;
mod socket;

use std::sync::Arc;

use tracing_relay::TraceScope;

use crate::protocol::Secret;
use environments::Environments;

pub use refusal::Refusal;
pub use routes::router;
pub use socket::serve_sockets;

/// The scope of all operations here.
pub static BROKER: TraceScope = TraceScope::new("relay-broker");

/// The server: what it knows. Clones know the same.
#[derive(Clone, Debug)]
pub struct Broker {
    login: Secret,
    socket: String,
    environments: Arc<Environments>,
}

impl Broker {
    /// A server for whoever has this login, whose sockets are at this address, like
    /// `ws://127.0.0.1:4500`.
    #[must_use]
    pub fn new(login: Secret, socket: String) -> Self {
        Self {
            login,
            socket,
            environments: Arc::default(),
        }
    }
}
