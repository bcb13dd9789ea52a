//! Ours, on our engine and on tracing-opentelemetry.

use std::hint::black_box;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use tracing_relay::{TraceCarrier, TraceContext, carries_trace, request_span, traced};
use tracing_relay_peers::suite::{TracingOpenTelemetry, TracingRelay};

use super::{Peer, TRACEPARENT, body, queue, sent};

#[carries_trace(new)]
#[derive(Deserialize, Serialize)]
struct Message {
    number: u64,
    method: String,
}

static CONTEXT: LazyLock<TraceContext> =
    LazyLock::new(|| TRACEPARENT.parse().expect("a traceparent"));

#[traced(name = "send")]
fn inside(work: &mut dyn FnMut()) {
    work();
}

fn message(number: u64) -> Message {
    Message::new(number, "thread/start".to_owned())
}

#[request_span(fields(number = message.number))]
fn handle(message: Message) -> u64 {
    black_box(message.method);
    body(message.number)
}

pub(super) const PEER: Peer = Peer {
    name: crate::OURS,
    set_up: || TracingRelay::PLAIN.install(),
    traces: true,
    inside,
    capture: || drop(black_box(TraceCarrier::capture())),
    parse: || drop(black_box(black_box(TRACEPARENT).parse::<TraceContext>())),
    write: || _ = black_box(black_box(&*CONTEXT).traceparent()),
    serde: |number| drop(black_box(sent(&message(number)))),
    over_json: |number| handle(sent(&message(number))),
    over_mpsc: || queue(message, handle),
};

pub(super) const ACTIVATED: Peer = Peer {
    name: "tracing-relay, activated",
    set_up: || TracingRelay::DEFAULTS.install(),
    ..PEER
};

pub(super) const ON_TRACING_OPENTELEMETRY: Peer = Peer {
    name: "its macros on tracing-opentelemetry",
    set_up: || TracingOpenTelemetry::DEFAULTS.install(),
    ..PEER
};
