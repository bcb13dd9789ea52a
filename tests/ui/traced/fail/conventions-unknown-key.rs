//! A key in a namespace of the conventions is one that they know.

use tracing_relay::traced;

#[traced(conventions = "jsonrpc", fields(rpc.mehtod = "turn/start", own.key = 1))]
fn near() {}

#[traced(conventions = "jsonrpc", on_err(jsonrpc.colour = 1))]
fn unlike() -> Result<(), u8> {
    Ok(())
}

#[traced(conventions = "jsonrpc")]
fn parameter(#[field("jsonrpc.request.idd")] id: u64) -> u64 {
    id
}

fn main() {
    near();
    let _ = (unlike(), parameter(1));
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
