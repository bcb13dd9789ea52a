//! fastrace, whose context a message holds as it is.

use std::hint::black_box;
use std::sync::LazyLock;

use fastrace::Span;
use fastrace::collector::SpanContext;
use serde::{Deserialize, Serialize};
use tracing_relay_peers::suite;

use super::{Peer, TRACEPARENT, body, queue, sent};

#[derive(Deserialize, Serialize)]
struct Message {
    number: u64,
    method: String,
    trace: Option<SpanContext>,
}

static CONTEXT: LazyLock<SpanContext> =
    LazyLock::new(|| SpanContext::decode_w3c_traceparent(TRACEPARENT).expect("a traceparent"));

fn inside(work: &mut dyn FnMut()) {
    let span = Span::root("send", SpanContext::random());
    let _current = span.set_local_parent();
    work();
}

fn message(number: u64) -> Message {
    Message {
        number,
        method: "thread/start".to_owned(),
        trace: SpanContext::current_local_parent(),
    }
}

fn handle(message: Message) -> u64 {
    black_box(message.method);
    let parent = message.trace.unwrap_or_else(SpanContext::random);
    let span =
        Span::root("handle", parent).with_property(|| ("number", message.number.to_string()));
    let _current = span.set_local_parent();
    body(message.number)
}

pub(super) const PEER: Peer = Peer {
    name: "fastrace",
    set_up: suite::fastrace,
    traces: true,
    inside,
    capture: || _ = black_box(SpanContext::current_local_parent()),
    parse: || _ = black_box(SpanContext::decode_w3c_traceparent(black_box(TRACEPARENT))),
    write: || drop(black_box(black_box(&*CONTEXT).encode_w3c_traceparent())),
    serde: |number| drop(black_box(sent(&message(number)))),
    over_json: |number| handle(sent(&message(number))),
    over_mpsc: || queue(message, handle),
};
