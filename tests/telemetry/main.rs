//! Traces, metrics and logs set up from the environment, in processes of their own and against collectors on real sockets.

mod child;
#[path = "../scopes/collector.rs"]
mod collector;
mod decoded;
mod doctor;
#[expect(dead_code, reason = "other tests draw for tasks too")]
#[path = "../scopes/random/draw.rs"]
mod draw;
mod endings;
#[expect(
    dead_code,
    reason = "the soak has numbers of it that a test does not ask for"
)]
mod faults;
mod faulty;
mod grpc;
mod lifetimes;
mod lives;
mod logs;
mod metric_exporters;
mod metrics;
mod processes;
mod received;
mod runtimes;
#[cfg(unix)]
mod signals;
mod tls;
mod variables;
