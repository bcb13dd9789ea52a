//! Functions that are in a session, that are measured, and both.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::process;

use futures_util::{stream, Stream};
use relay::{request_span, traced, SessionTelemetry, SpanFields, TraceCarrier};

/// What has a session.
#[derive(Debug, Default)]
pub struct Session {
    telemetry: SessionTelemetry,
    retries: u8,
}

/// What is recorded of a parameter.
#[derive(Debug, SpanFields)]
#[span_fields(crate = ::relay)]
pub struct Peer {
    /// Where it is.
    #[field("server.address")]
    pub address: String,
}

impl Session {
    /// All fields are those of the metric.
    #[must_use]
    #[traced(crate = ::relay,
        conventions = "jsonrpc",
        kind = "client",
        carrier = none,
        session = self.telemetry,
        fields(rpc.method = method),
    )]
    pub fn call(&self, method: &str) -> usize {
        method.len()
    }

    /// A reference to a session, and a result that the metric takes.
    ///
    /// # Errors
    ///
    /// It may.
    #[traced(crate = ::relay,
        conventions = "jsonrpc",
        kind = "client",
        carrier = none,
        session = &self.telemetry,
        fields(rpc.method = method),
        late(address: str = "server.address"),
        on_err(|code| rpc.status_code = *code),
    )]
    pub async fn ask(&mut self, method: String) -> Result<usize, i64> {
        address.record("a.example");
        self.retries = self.retries.saturating_add(1);
        Ok(method.len())
    }

    /// A future that is returned.
    ///
    /// # Errors
    ///
    /// It may.
    #[traced(crate = ::relay,
        conventions = "grpc",
        kind = "client",
        carrier = none,
        session = Some(&self.telemetry),
        fields(rpc.method = "a.B/C"),
        on_ok(|length| rpc.status_code = *length),
    )]
    pub fn later(
        &self,
        #[fields] peer: Peer,
    ) -> impl Future<Output = Result<usize, i64>> + Send + use<> {
        let length = peer.address.len();
        async move { Ok(length) }
    }

    /// One block, boxed.
    #[must_use]
    #[traced(crate = ::relay,
        conventions = "grpc",
        kind = "server",
        carrier = none,
        session = self.telemetry,
        fields(rpc.method = "a.B/C"),
        on_ok(|length| rpc.status_code = *length),
    )]
    pub fn boxed<'a>(&'a self, peer: &'a Peer) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
        Box::pin(async move { peer.address.len() })
    }

    /// A stream.
    #[traced(crate = ::relay, conventions = "http", kind = "server", carrier = none, session = self.telemetry, fields(http.request.method = "GET"))]
    pub fn items(&self, #[fields] peer: &Peer) -> impl Stream<Item = usize> + use<> {
        stream::iter([peer.address.len()])
    }
}

/// A session by value.
///
/// # Errors
///
/// It may.
#[request_span(crate = ::relay,
    conventions = "http",
    session = session,
    trust = true,
    sample = 0.5,
    fields(http.request.method = "GET", http.route = "/a"),
    on_ok(|status| http.response.status_code = *status),
)]
pub async fn serve(
    _carrier: &TraceCarrier,
    session: SessionTelemetry,
    mut status: u16,
) -> Result<u16, fmt::Error> {
    drop(session);
    status = status.saturating_add(1);
    Ok(status)
}

/// A session of what is taken apart, and no metric.
#[traced(crate = ::relay, conventions = "db", metrics = false, session = telemetry, fields(db.system.name = "sqlite"))]
pub fn query<T: Into<u8>>(Session { telemetry, retries }: Session, more: T) -> u8 {
    drop(telemetry);
    retries.saturating_add(more.into())
}

/// One that never returns.
#[traced(crate = ::relay, conventions = "messaging", kind = "consumer", carrier = none, session = SessionTelemetry::current(), fields(messaging.system.name = "nats"))]
pub fn forever() -> ! {
    process::abort()
}
