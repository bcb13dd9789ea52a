//! S25: connect, renew, reconnect.

use std::mem;

use tracing_relay::{TraceCarrier, TraceScope, current_context, relay_traced};

use crate::applications::{Application, Kind};
use crate::support::{
    Installed, assert_apart, assert_child, assert_root, block_on, named, trace_id, yield_now,
};

static RELAY: TraceScope = TraceScope::new("relay");

/// A connection, which carries the trace in which it was made to the first call that uses it.
struct Connection {
    credential: u64,
    trace: TraceCarrier,
}

impl Connection {
    fn new(credential: u64, trace: TraceCarrier) -> Self {
        Self { credential, trace }
    }

    /// A carrier is used once.
    fn take_trace(&mut self) -> TraceCarrier {
        mem::replace(&mut self.trace, TraceCarrier::none())
    }
}

#[derive(Debug, PartialEq)]
struct Unauthorized;

impl std::fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the credential has expired")
    }
}

impl std::error::Error for Unauthorized {}

#[relay_traced(scope = RELAY, name = "relay.environment.connect")]
async fn connect() -> Connection {
    yield_now().await;
    Connection::new(1, TraceCarrier::capture())
}

#[relay_traced(scope = RELAY, name = "relay.environment.renew")]
async fn renew() -> Connection {
    yield_now().await;
    Connection::new(2, TraceCarrier::capture())
}

#[relay_traced(scope = RELAY, name = "relay.environment.reconnect", carrier = trace)]
async fn reconnect(trace: TraceCarrier) {
    yield_now().await;
}

#[relay_traced(scope = RELAY, name = "relay.ticket", carrier = trace, fields(attempt))]
async fn ticket(attempt: u64, credential: u64, trace: TraceCarrier) -> Result<u64, Unauthorized> {
    yield_now().await;
    if credential == 1 {
        return Err(Unauthorized);
    }
    Ok(7)
}

/// Connects, and renews the credential once where it is refused.
async fn session() -> Result<u64, Unauthorized> {
    let mut connection = connect().await;
    let trace = connection.take_trace();
    let mut answer = ticket(1, connection.credential, trace).await;
    if answer.is_err() {
        connection = renew().await;
        let trace = connection.take_trace();
        answer = ticket(2, connection.credential, trace).await;
    }
    // Later, with what is left of the carrier: nothing.
    reconnect(connection.take_trace()).await;
    answer
}

#[test]
fn s25_a_renewed_connection_goes_on_in_the_trace_of_its_renewal() {
    let application = Application::new(Kind::TracingOpentelemetry);
    let _attached = application.attach();
    let installed = Installed::new(&RELAY);
    let around = application.around(async {
        let before = current_context();
        assert_eq!(session().await, Ok(7));
        assert_eq!(current_context(), before);
    });
    block_on(around);
    let (spans, user) = (installed.uninstall(), application.spans());
    assert_apart(&[&spans, &user]);
    assert_eq!(user.len(), 1);
    assert_eq!(spans.len(), 5);
    let connect = named(&spans, "relay.environment.connect");
    let renew = named(&spans, "relay.environment.renew");
    let reconnect = named(&spans, "relay.environment.reconnect");
    for root in [connect, renew, reconnect] {
        assert_root(root);
    }
    let traces = [connect, renew, reconnect].map(trace_id);
    assert!(traces[0] != traces[1] && traces[1] != traces[2] && traces[0] != traces[2]);
    let tickets: Vec<_> = spans
        .iter()
        .filter(|span| span.name == "relay.ticket")
        .collect();
    assert_eq!(tickets.len(), 2);
    assert_child(tickets[0], connect);
    assert_child(tickets[1], renew);
}
