//! A key in a namespace of the conventions is one that they know.

use tracing_relay::{LateField, traced};

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

#[traced(conventions = "http", late(size: u64 = "http.response.bodysize"))]
fn late() -> LateField<u64> {
    size
}

#[traced(conventions = "messaging", fields(messaging.destination = "turns"))]
fn part_of_a_key() {}

/// Conventions share their namespaces.
#[traced(conventions = "db", fields(server.adress = "db.example", net.colour = 1))]
fn shared() {}

fn main() {
    near();
    let _ = (unlike(), parameter(1), late());
    part_of_a_key();
    shared();
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
