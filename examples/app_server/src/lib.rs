//! A JSON-RPC server on standard input and output or over WebSocket connections, its client, and the
//! model that it asks over HTTP: three processes, and one trace through all of them.
//!
//! [`protocol`], [`transport`], [`server`], [`core`](mod@core), [`model`] and [`model_client`] are the
//! job, and [`client`] and [`session`] its other side. They hold no tracing code: one attribute on each
//! message type that travels, and one on each function that is a step. [`telemetry`] sets the export
//! up, and [`collector`] and [`forest`] show what came of it.

pub mod client;
pub mod collector;
pub mod core;
pub mod forest;
pub mod model;
pub mod model_client;
pub mod processes;
pub mod protocol;
pub mod server;
pub mod session;
pub mod telemetry;
mod transcript;
pub mod transport;
