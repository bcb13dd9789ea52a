//! Every option, with every value that it takes.

use tracing_relay::{SessionTelemetry, TraceCarrier, TraceScope, carries_trace, relay_traced};

static RELAY: TraceScope = TraceScope::new("relay");

#[carries_trace(new)]
struct Message {
    id: u64,
    trusted: bool,
}

#[relay_traced(
    scope = RELAY,
    name = "relay.receive",
    otel_name = format_args!("relay.receive {}", message.id),
    kind = "consumer",
    carrier = message.trace,
    restamp = false,
    trust = message.trusted,
    links = message,
    session = SessionTelemetry::new().with("message.id", message.id),
    sample = 1,
    fields(message.id = message.id),
    on_ok(|size| message.size = size),
    on_err(failed = true),
    late(phase: str = "relay.phase"),
    err = "message",
    conventions = "messaging",
    metrics = false,
    level = "debug",
    target = "relay::link",
    log_ids = false,
    strict = true,
    crate = ::tracing_relay,
)]
async fn receive(message: Message) -> Result<u64, std::fmt::Error> {
    phase.record("received");
    Ok(message.id)
}

#[relay_traced(scope = RELAY, kind = "server", restamp = true, err = "type", conventions = "jsonrpc", metrics = true, level = "info")]
fn answer(message: Message) -> Result<u64, std::fmt::Error> {
    Ok(message.id)
}

#[relay_traced(scope = RELAY, kind = "client", err = "chain", conventions = "http", level = "trace", log_ids = true)]
async fn call(message: &mut Message) -> Result<u64, std::fmt::Error> {
    Ok(message.id)
}

#[relay_traced(scope = RELAY, kind = "producer", conventions = "grpc", level = "warn", strict = false)]
fn send(carrier: TraceCarrier) -> TraceCarrier {
    carrier
}

#[relay_traced(scope = RELAY, kind = "internal", carrier = none, conventions = "db", level = "error")]
fn store() {}

fn main() {
    let mut message = Message::new(1, true);
    drop((call(&mut message), receive(Message::new(2, true))));
    assert_eq!(answer(message), Ok(1));
    assert!(send(TraceCarrier::none()).is_none());
    store();
}
