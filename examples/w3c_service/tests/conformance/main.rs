//! The rows of both W3C specifications over real HTTP: a request with raw header lines goes to the
//! service, which runs as a process of its own, and what it then sends arrives at a server of the
//! test.

mod contract;
mod loopback;
mod rows_over_http;
mod service;

#[path = "../../../../tests/conformance/checker.rs"]
#[expect(dead_code, reason = "this service speaks one flavour of headers")]
mod checker;
#[path = "../../../../tests/conformance/rows.rs"]
mod rows;
