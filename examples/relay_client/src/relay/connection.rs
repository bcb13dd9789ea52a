//! What an operation leaves for the one that continues it. Each value carries the trace that it belongs to.

use http::header::AUTHORIZATION;
use tracing_relay::{CarriesTrace, TraceCarrier, carries_trace};

use crate::protocol::{Credential, Secret};

/// The way to an environment, kept for as long as its user wants to be connected. It carries the trace of the
/// operation that got its credential.
///
/// Whoever makes one says where its trace comes from; [`TraceCarrier::none`] says that there is none.
///
/// ```
/// use relay_client::protocol::{Credential, Secret};
/// use relay_client::relay::ManagedConnection;
/// use tracing_relay::TraceCarrier;
///
/// # let token = Secret::new("token".to_owned());
/// # let credential = Credential { token, socket: "ws://127.0.0.1:1".to_owned() };
/// let mut connection = ManagedConnection::new("home".to_owned(), credential, TraceCarrier::capture());
/// # assert!(connection.take_trace().is_none());
/// ```
///
/// Without it, it is not a call:
///
/// ```compile_fail,E0061
/// # use relay_client::protocol::{Credential, Secret};
/// # use relay_client::relay::ManagedConnection;
/// # let token = Secret::new("token".to_owned());
/// # let credential = Credential { token, socket: "ws://127.0.0.1:1".to_owned() };
/// let mut connection = ManagedConnection::new("home".to_owned(), credential);
/// ```
#[derive(Debug, CarriesTrace)]
pub struct ManagedConnection {
    environment: String,
    credential: Credential,
    #[carrier]
    trace: TraceCarrier,
}

impl ManagedConnection {
    /// A connection to an environment, in the trace of whoever got the credential.
    #[must_use]
    pub const fn new(environment: String, credential: Credential, trace: TraceCarrier) -> Self {
        Self {
            environment,
            credential,
            trace,
        }
    }

    /// Which environment it is to.
    #[must_use]
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// What the relay gave for it.
    #[must_use]
    pub const fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The trace, for the one operation that continues it.
    #[must_use]
    pub const fn take_trace(&mut self) -> TraceCarrier {
        self.trace.take()
    }
}

/// What opens one WebSocket. It carries the trace of the operation that got it, and is given away with it.
#[carries_trace(new)]
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) environment: String,
    pub(super) socket: String,
    pub(super) token: Secret,
}

/// The header with which a caller says who it is.
pub(super) fn authorized(
    request: http::request::Builder,
    token: &Secret,
) -> http::request::Builder {
    request.header(AUTHORIZATION, format!("Bearer {}", token.expose()))
}

#[cfg(test)]
mod tests {
    use tracing_relay::TraceContext;

    use super::*;

    #[test]
    fn a_carrier_is_used_once() {
        let context: TraceContext = "00-00000000000000000000000000000011-0000000000000022-01"
            .parse()
            .expect("valid");
        let credential = Credential {
            token: Secret::new("token".to_owned()),
            socket: "ws://127.0.0.1:1".to_owned(),
        };
        let mut connection =
            ManagedConnection::new("home".to_owned(), credential, context.clone().into());
        assert_eq!(connection.take_trace().context(), Some(&context));
        assert!(connection.take_trace().is_none());
    }
}
