use tracing_relay::{request_span, traced};

#[request_span(carrier = None)]
fn inbound() {}

#[traced(kind = "client", carrier = None)]
fn outbound() {}

fn main() {
    inbound();
    outbound();
}
