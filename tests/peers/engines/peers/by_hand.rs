//! Spans of the OpenTelemetry SDK, made by hand and made current.

use std::sync::OnceLock;

use opentelemetry::trace::{FutureExt as _, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracer;
use tracing_relay_peers::suite::{self, Pipeline, Sampled};

use super::{Item, Peer, State, awaits, block_on, body, pending, steps};

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

fn set_up(state: State) -> Pipeline {
    let sampled = match state {
        State::Unsampled => Sampled::No,
        _ => Sampled::Yes,
    };
    let pipeline = suite::opentelemetry(sampled);
    TRACER.get_or_init(|| pipeline.tracer());
    pipeline
}

/// The current context with a new span in it.
fn span<const N: usize>(name: &'static str, attributes: [KeyValue; N]) -> Context {
    let tracer = TRACER.get().expect("a tracer that was set up");
    let builder = tracer.span_builder(name).with_attributes(attributes);
    Context::current_with_span(builder.start(tracer))
}

fn number_of(number: u64) -> KeyValue {
    KeyValue::new("number", number.cast_signed())
}

fn no_fields(number: u64) -> u64 {
    let _current = span("step", []).attach();
    body(number)
}

fn one_field(number: u64) -> u64 {
    let _current = span("step", [number_of(number)]).attach();
    body(number)
}

fn five_fields(item: Item) -> u64 {
    let attributes = [
        number_of(item.number),
        KeyValue::new("user", item.user),
        KeyValue::new("region", item.region),
        KeyValue::new("cached", item.cached),
        KeyValue::new("size", item.size.cast_signed() as i64),
    ];
    let _current = span("step", attributes).attach();
    body(item.number)
}

async fn asynchronous(number: u64) -> u64 {
    let context = span("step", [number_of(number)]);
    async { body(number) }.with_context(context).await
}

async fn four_awaits(number: u64) -> u64 {
    let context = span("step", [number_of(number)]);
    awaits(number).with_context(context).await
}

async fn polls(number: u64, times: u64) -> u64 {
    let context = span("step", [number_of(number)]);
    pending(number, times).with_context(context).await
}

fn tree(number: u64) -> u64 {
    let _current = span("tree", []).attach();
    steps(number, one_field)
}

pub(crate) const PEER: Peer = Peer {
    name: "SDK by hand",
    states: &[State::Sampled, State::Unsampled],
    set_up,
    no_fields,
    one_field,
    five_fields,
    asynchronous: |number| block_on(asynchronous(number)),
    four_awaits: |number| block_on(four_awaits(number)),
    polls: |number, times| Box::pin(polls(number, times)),
    tree,
};
