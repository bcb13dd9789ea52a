//! What belongs to a trace that came from elsewhere cannot be made without its carrier, and a carrier that was given away is gone.

use tracing_relay::{TraceCarrier, carries_trace};

/// The renewal's answer: what is opened with it belongs to the renewal's trace.
struct Renewed {
    token: String,
    headers: TraceCarrier,
}

#[carries_trace]
struct Connection {
    token: String,
}

impl Connection {
    fn open(token: String, trace: TraceCarrier) -> Self {
        Self { token, trace }
    }
}

fn forgotten(renewed: Renewed) -> Connection {
    Connection::open(renewed.token)
}

fn absent(renewed: Renewed) -> Connection {
    Connection::open(renewed.token, None)
}

fn used_twice(renewed: Renewed) -> (Connection, Connection) {
    let first = Connection::open(String::new(), renewed.headers);
    (first, Connection::open(renewed.token, renewed.headers))
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, carries_trace};

    #[carries_trace]
    struct Connection {
        token: String,
    }

    impl Connection {
        fn open(token: String, trace: TraceCarrier) -> Self {
            Self { token, trace }
        }
    }

    struct Renewed {
        token: String,
        headers: TraceCarrier,
    }

    fn renewed(renewed: Renewed) -> Connection {
        Connection::open(renewed.token, renewed.headers)
    }
}
