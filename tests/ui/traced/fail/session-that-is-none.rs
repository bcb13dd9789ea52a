//! A session is a `SessionTelemetry`.

use tracing_relay::{SessionTelemetry, traced};

struct Session {
    id: u64,
    telemetry: SessionTelemetry,
}

impl Session {
    #[traced(session = self.id)]
    fn listen(&self) -> bool {
        self.telemetry.is_empty()
    }

    #[traced(session)]
    async fn speak(&self) {}

    #[traced(session = self.telemetry, session = self.telemetry)]
    fn end(&self) {}
}

#[traced(session = session)]
async fn run(session: Session) -> u64 {
    session.id
}

#[traced(session = SessionTelemetry::new())]
impl Session {
    fn pause(&self) {}
}

fn main() {
    let _ = (Session::listen, Session::speak, Session::end, Session::pause, run);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{SessionTelemetry, traced};

    struct Session {
        telemetry: SessionTelemetry,
    }

    impl Session {
        #[traced(session = self.telemetry)]
        fn listen(&self) -> bool {
            self.telemetry.is_empty()
        }
    }
}
