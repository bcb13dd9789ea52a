//! That there is no carrier is said with `none`, which is no value.

use tracing_relay::{request_span, traced};

#[request_span(carrier = None)]
fn inbound() {}

#[traced(kind = "client", carrier = None)]
fn outbound() {}

fn main() {
    inbound();
    outbound();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{request_span, traced};

    #[request_span(carrier = none)]
    fn inbound() {}

    #[traced(kind = "client", carrier = none)]
    fn outbound() {}
}
