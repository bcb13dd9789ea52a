//! Traces set up from the environment, in processes of their own and against collectors on real sockets.

mod child;
#[path = "../scopes/collector.rs"]
mod collector;
mod endings;
mod grpc;
mod received;
mod runtimes;
mod tls;
mod variables;
