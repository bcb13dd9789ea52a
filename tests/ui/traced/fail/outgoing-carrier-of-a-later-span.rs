//! A carrier that goes out is still there when the span opens.

use std::pin::Pin;

use tracing_relay::{TraceCarrier, traced};

#[traced(kind = "client")]
fn returned(headers: TraceCarrier) -> impl Future<Output = ()> {
    let copy = headers.clone();
    async move {
        let _ = copy;
    }
}

#[traced(kind = "producer", carrier = headers)]
fn boxed(headers: TraceCarrier) -> Pin<Box<dyn Future<Output = ()>>> {
    send(headers)
}

fn send(_: TraceCarrier) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

fn main() {
    let _ = (returned, boxed);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, traced};

    #[traced(kind = "client")]
    fn returned(headers: TraceCarrier) -> impl Future<Output = ()> {
        async move {
            let _ = headers;
        }
    }
}
