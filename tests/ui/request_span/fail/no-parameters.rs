//! A function without parameters says where its carrier is.

use tracing_relay::{TraceCarrier, request_span, traced};

#[request_span]
fn nothing() {}

struct Server {
    trace: TraceCarrier,
}

impl Server {
    #[request_span]
    async fn only_self(&self) {
        let _ = &self.trace;
    }
}

#[traced(kind = "client")]
fn sends_nothing() {}

#[traced(kind = "consumer")]
fn receives_nothing() {}

fn main() {
    receives_nothing();
    nothing();
    sends_nothing();
    let _ = Server::only_self;
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span};

    struct Server {
        trace: TraceCarrier,
    }

    impl Server {
        #[request_span(carrier = self.trace)]
        async fn only_self(&self) {}
    }

    #[request_span(carrier = none)]
    fn nothing() {}
}
