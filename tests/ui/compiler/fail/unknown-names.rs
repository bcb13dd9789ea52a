//! A name that does not exist is underlined where it is written.

use tracing_relay::traced;

#[traced(fields(id = requst.id))]
fn field(request: &str) -> usize {
    request.len()
}

#[traced(on_ok(|reply| id = reply.idd))]
fn ending() -> Result<std::ops::Range<u8>, u8> {
    Ok(1..2)
}

#[traced]
fn body() -> u8 {
    missing
}

fn main() {}
