//! A value is of the type that the conventions give to its key: here expressions.

use std::fmt;
use tracing_relay::{LateField, traced};

struct Status;

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("200 OK")
    }
}

#[traced(conventions = "http", fields(server.port = port))]
fn text(port: &str) -> usize {
    port.len()
}

#[traced(conventions = "http", on_ok(|status| http.response.status_code = status))]
async fn displayed() -> Status {
    Status
}

#[traced(conventions = "messaging")]
fn parameter(#[field("messaging.batch.message_count")] count: Option<f64>) -> bool {
    count.is_some()
}

#[traced(conventions = "db", late(rows: str = "db.response.returned_rows"))]
fn late() -> LateField<str> {
    rows
}

fn main() {
    let _ = (text("443"), displayed(), parameter(None), late());
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    struct Status(u16);

    #[traced(
        conventions = "http",
        fields(server.port = port.parse::<u16>().ok()),
        on_ok(|status| http.response.status_code = status.0)
    )]
    async fn answer(port: &str) -> Status {
        Status(200)
    }
}
