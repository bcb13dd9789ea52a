//! A deprecated key of the conventions is a warning, here denied.
#![deny(deprecated)]

use tracing_relay::traced;

#[traced(conventions = "jsonrpc", fields(rpc.system = "jsonrpc", "rpc.service" = "threads"))]
fn fields() {}

#[traced(conventions = "jsonrpc", on_err(|code| rpc.jsonrpc.error_code = code))]
async fn ending() -> Result<(), i64> {
    Ok(())
}

#[traced(conventions = "jsonrpc")]
fn parameter(#[field("rpc.jsonrpc.request_id")] id: u64) -> u64 {
    id
}

#[traced(conventions = "http", fields(http.target = "/threads?limit=3"))]
fn several() {}

#[traced(conventions = "db", fields(db.user = "reader"))]
fn none() {}

#[traced(conventions = "grpc", fields(rpc.grpc.request.metadata.tenant = "one"))]
fn family() {}

fn main() {
    fields();
    let _ = (ending(), parameter(1));
    several();
    none();
    family();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(
        conventions = "jsonrpc",
        fields(rpc.method = "turn/start", own.key = 1),
        on_err(|code| rpc.status_code = code)
    )]
    fn start(#[field("jsonrpc.request.id")] id: u64) -> Result<u64, i64> {
        Ok(id)
    }
}
