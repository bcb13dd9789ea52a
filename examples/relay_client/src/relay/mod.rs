//! The managed relay client: links environments, connects to them over a WebSocket, renews their
//! credentials and connects again. Each operation is traced in the scope [`RELAY`], whatever the application
//! around it traces.

mod client;
mod connection;
mod error;
mod proof;
mod session;

use tracing_relay::TraceScope;

pub use client::{Callbacks, RelayClient};
pub use connection::ManagedConnection;
pub use error::RelayError;
pub use session::Session;

/// The scope of all operations here. The program installs it, or does not.
pub static RELAY: TraceScope = TraceScope::new("relay");
