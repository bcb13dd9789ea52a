//! The provider and the events of sessions, in memory and against collectors on real sockets.

mod collector;
mod contexts;
mod delivery;
mod endings;
mod events;
mod grpc;
mod memory;
#[cfg(unix)]
mod program;
mod settings;
