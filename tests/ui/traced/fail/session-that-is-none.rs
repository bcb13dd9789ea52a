//! A session is a `SessionTelemetry`, said once, and by a function.

use tracing_relay::{SessionTelemetry, request_span, traced};

struct Service {
    id: u64,
    telemetry: SessionTelemetry,
}

#[traced(session = service.id)]
fn number(service: &Service) -> u64 {
    service.id
}

#[request_span(carrier = none, session)]
async fn nothing() {}

#[traced(session = service.telemetry, session = service.telemetry)]
fn twice(service: &Service) -> u64 {
    service.id
}

#[traced(session = self.telemetry)]
impl Service {
    fn block(&self) -> u64 {
        self.id
    }
}

fn main() {
    let _ = (number, nothing, twice, Service::block);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{SessionTelemetry, traced};

    struct Service {
        id: u64,
        telemetry: SessionTelemetry,
    }

    impl Service {
        #[traced(session = self.telemetry)]
        fn serve(&self) -> u64 {
            self.id
        }
    }
}
