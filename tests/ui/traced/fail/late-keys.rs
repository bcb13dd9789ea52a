#![deny(deprecated)]

use tracing_relay::traced;

#[traced(late(id: u8 = "trace_id", name: str = otel.name, none: u8 = ""))]
fn own_keys() {}

#[traced(conventions = "jsonrpc", late(id: u8 = "jsonrpc.request.ids"))]
fn unknown() {}

#[traced(conventions = "jsonrpc", late(service: str = "rpc.service"))]
fn deprecated() {
    service.record("threads");
}

fn main() {
    own_keys();
    unknown();
    deprecated();
}
