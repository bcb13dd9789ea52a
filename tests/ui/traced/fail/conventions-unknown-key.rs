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
