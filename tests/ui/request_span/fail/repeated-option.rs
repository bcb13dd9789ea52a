//! An option is given once.

use tracing_relay::request_span;

#[request_span(name = "first", carrier = none, name = "second")]
fn name() {}

#[request_span(carrier = none, fields(a = 1), fields(b = 2))]
fn fields() {}

fn main() {
    name();
    fields();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::request_span;

    #[request_span(name = "first", carrier = none, fields(a = 1, b = 2))]
    fn handle() {}
}
