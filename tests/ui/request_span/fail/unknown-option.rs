//! An option that does not exist is an error, and never ignored.

use tracing_relay::request_span;

#[request_span(nmae = "x", carrier = none)]
fn transposed() {}

#[request_span(kindd = "server", carrier = none)]
fn doubled() {}

#[request_span(carrier = none, colour = 1)]
fn unlike() {}

#[request_span("a name", carrier = none)]
fn not_an_option() {}

#[request_span(carrier = none, skip(self))]
fn of_another_crate() {}

fn main() {
    transposed();
    doubled();
    unlike();
    not_an_option();
    of_another_crate();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::request_span;

    #[request_span(name = "a name", kind = "server", carrier = none)]
    fn handle() {}
}
