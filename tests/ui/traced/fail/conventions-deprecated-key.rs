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

fn main() {
    fields();
    let _ = (ending(), parameter(1));
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
