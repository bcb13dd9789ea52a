//! The usual way on tracing-opentelemetry: the global propagator writes into a map in the message, and
//! the handler sets the parent of its span.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::global::get_text_map_propagator;
use serde::{Deserialize, Serialize};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_relay_peers::suite::TracingOpenTelemetry;

use super::{Peer, TRACEPARENT, body, queue, sent};

type Headers = HashMap<String, String>;

#[derive(Deserialize, Serialize)]
struct Message {
    number: u64,
    method: String,
    trace: Headers,
}

static HEADERS: LazyLock<Headers> =
    LazyLock::new(|| Headers::from([("traceparent".to_owned(), TRACEPARENT.to_owned())]));

static CONTEXT: LazyLock<Context> = LazyLock::new(|| extract(&HEADERS));

fn extract(headers: &Headers) -> Context {
    get_text_map_propagator(|propagator| propagator.extract(headers))
}

fn inject(context: &Context) -> Headers {
    let mut headers = Headers::new();
    get_text_map_propagator(|propagator| propagator.inject_context(context, &mut headers));
    headers
}

fn capture() -> Headers {
    inject(&Span::current().context())
}

#[tracing::instrument(name = "send", skip_all)]
fn inside(work: &mut dyn FnMut()) {
    work();
}

fn message(number: u64) -> Message {
    Message {
        number,
        method: "thread/start".to_owned(),
        trace: capture(),
    }
}

fn handle(message: Message) -> u64 {
    black_box(message.method);
    let span = tracing::info_span!("handle", number = message.number);
    span.set_parent(extract(&message.trace))
        .expect("a span that nobody has entered");
    span.in_scope(|| body(message.number))
}

pub(super) const PEER: Peer = Peer {
    name: crate::REFERENCE,
    set_up: || TracingOpenTelemetry::DEFAULTS.install(),
    traces: true,
    inside,
    capture: || drop(black_box(capture())),
    parse: || drop(black_box(extract(black_box(&HEADERS)))),
    write: || drop(black_box(inject(black_box(&CONTEXT)))),
    serde: |number| drop(black_box(sent(&message(number)))),
    over_json: |number| handle(sent(&message(number))),
    over_mpsc: || queue(message, handle),
};
