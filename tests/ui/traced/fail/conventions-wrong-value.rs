//! A value is of the type that the conventions give to its key: here literals, and what `%` and `?` make.

use tracing_relay::{LateField, traced};

#[traced(conventions = "http", fields(server.port = "443"))]
fn quoted_number() {}

#[traced(conventions = "http", on_ok(http.response.status_code = "OK"))]
fn words() {}

#[traced(conventions = "http", fields(http.request.body.size = 1.5, server.port = true))]
fn no_integers() {}

#[traced(conventions = "http", fields(http.route = true, network.protocol.version = 1.1))]
fn no_texts() {}

#[traced(conventions = "http", on_ok(|status| http.response.status_code = %status))]
fn displayed() -> u16 {
    200
}

#[traced(conventions = "http")]
fn parameter(#[field("server.port", ?)] port: u16) -> u16 {
    port
}

#[traced(conventions = "db", late(rows: u64 = %"db.response.returned_rows"))]
fn late() -> LateField<u64> {
    rows
}

fn main() {
    quoted_number();
    words();
    no_integers();
    no_texts();
    let _ = (displayed(), parameter(1), late());
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(
        conventions = "http",
        fields(http.route = "/threads/{id}", network.protocol.version = "1.1", server.port = port),
        on_ok(|status| http.response.status_code = status)
    )]
    fn answer(port: u16) -> u16 {
        200
    }
}
