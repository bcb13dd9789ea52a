//! A key that is recorded late follows the rules of all keys.
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

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(conventions = "jsonrpc", late(id: u8 = "jsonrpc.request.id"))]
    fn start() {
        id.record(&1);
    }
}
