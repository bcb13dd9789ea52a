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
