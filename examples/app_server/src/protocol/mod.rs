//! What client and server say to each other: the envelopes of JSON-RPC, and the events.

mod events;
mod jsonrpc;

pub use events::{Event, TurnStatus};
pub use jsonrpc::{
    Notification, Outcome, Request, RequestId, Response, RpcError, ServerMessage, Version,
};
