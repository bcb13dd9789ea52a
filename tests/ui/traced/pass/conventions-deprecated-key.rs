//! A deprecated key is a warning, so that an update of the conventions breaks nobody.
#![allow(deprecated)]

use tracing_relay::traced;

#[traced(conventions = "jsonrpc", fields(rpc.system = "jsonrpc"))]
fn fields() {}

#[traced(conventions = "http", fields(http.target = "/", http.status_code = 200))]
fn several() {}

fn main() {
    fields();
    several();
}
