//! Every option, with every value that it takes.

use tracing_relay::{Attempt, SessionTelemetry, TraceCarrier, carries_trace, request_span};

#[carries_trace(new)]
struct Request {
    method: &'static str,
    id: u64,
}

struct Caller {
    authenticated: bool,
    attempt: Attempt,
    telemetry: SessionTelemetry,
}

#[request_span(
    name = "app_server.request",
    otel_name = request.method,
    kind = "server",
    carrier = request.trace,
    restamp = false,
    trust = caller.authenticated,
    links = caller.attempt,
    session = caller.telemetry,
    sample = 0.1,
    fields(rpc.method = request.method, jsonrpc.request.id = request.id),
    on_ok(|reply| reply.size = reply),
    on_err(|error| rpc.status_code = *error),
    late(turn_id: str = "turn.id"),
    err = "type",
    conventions = "jsonrpc",
    metrics = false,
    level = "info",
    target = "app::rpc",
    log_ids = true,
    strict = true,
    crate = ::tracing_relay,
)]
fn server(request: Request, caller: &Caller) -> Result<u64, i64> {
    turn_id.record("turn-7");
    if caller.authenticated {
        Ok(request.id)
    } else {
        Err(-32000)
    }
}

#[request_span(
    kind = "consumer",
    restamp = true,
    err = "message",
    conventions = "messaging",
    metrics = true,
    level = "debug",
    log_ids = false,
    strict = false,
    crate = "::tracing_relay"
)]
async fn consumer(request: Request) -> Result<u64, std::fmt::Error> {
    Ok(request.id)
}

#[request_span(kind = "client", sample = 1.0, err = "chain", conventions = "http", level = "trace")]
async fn client(request: &mut Request) -> Result<u64, std::fmt::Error> {
    Ok(request.id)
}

#[request_span(kind = "producer", conventions = "grpc", level = "warn")]
fn producer(mut carrier: TraceCarrier) -> TraceCarrier {
    carrier.recapture();
    carrier
}

#[request_span(kind = "internal", carrier = none, conventions = "db", level = "error")]
fn internal() {}

fn main() {
    let trusted = Caller {
        authenticated: true,
        attempt: Attempt::first(),
        telemetry: SessionTelemetry::new().with("session.id", 1),
    };
    assert_eq!(server(Request::new("turn/start", 1), &trusted), Ok(1));
    let mut request = Request::new("turn/start", 1);
    drop((
        client(&mut request),
        consumer(Request::new("turn/start", 1)),
    ));
    assert!(producer(TraceCarrier::none()).is_none());
    internal();
}
