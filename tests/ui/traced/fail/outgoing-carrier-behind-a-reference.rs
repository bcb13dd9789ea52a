//! A carrier that goes out is owned or behind `&mut`: the context is written into it.

use tracing_relay::{TraceCarrier, traced};

struct Request {
    headers: TraceCarrier,
}

#[traced(kind = "client")]
fn found(headers: &TraceCarrier) {
    let _ = headers;
}

#[traced(kind = "producer")]
async fn found_async(count: u8, headers: &TraceCarrier) {
    let _ = (count, headers);
}

#[traced(kind = "client", carrier = headers)]
fn named(headers: &TraceCarrier) {
    let _ = headers;
}

#[traced(kind = "client", carrier = request.headers)]
fn field(request: &Request) {
    let _ = &request.headers;
}

#[traced(kind = "producer")]
fn shared(headers: std::sync::Arc<TraceCarrier>) {
    let _ = headers;
}

fn main() {
    let _ = (found, found_async, named, field, shared);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, traced};

    struct Request {
        headers: TraceCarrier,
    }

    #[traced(kind = "client")]
    fn found(headers: &mut TraceCarrier) {
        let _ = headers;
    }

    #[traced(kind = "client", carrier = request.headers)]
    fn field(request: &mut Request) {
        let _ = &request.headers;
    }
}
