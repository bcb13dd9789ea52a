//! fastrace. `#[fastrace::trace]` makes a span only below another one, so that a root is made by hand.

use std::sync::atomic::{AtomicBool, Ordering};

use fastrace::Span;
use fastrace::collector::SpanContext;
use fastrace::future::FutureExt as _;
use tracing_relay_peers::suite::{self, Pipeline};

use super::{Item, Peer, State, awaits, block_on, body, pending, steps};

/// Whether roots are recorded, which fastrace leaves to the program.
static SAMPLED: AtomicBool = AtomicBool::new(true);

fn set_up(state: State) -> Pipeline {
    SAMPLED.store(state != State::Unsampled, Ordering::Relaxed);
    if state == State::Absent {
        Pipeline::none()
    } else {
        suite::fastrace()
    }
}

fn root(name: &'static str) -> Span {
    let sampled = SAMPLED.load(Ordering::Relaxed);
    Span::root(name, SpanContext::random().sampled(sampled))
}

fn root_of_step(number: u64) -> Span {
    root("step").with_property(|| ("number", number.to_string()))
}

fn no_fields(number: u64) -> u64 {
    let span = root("step");
    let _current = span.set_local_parent();
    body(number)
}

fn one_field(number: u64) -> u64 {
    let span = root_of_step(number);
    let _current = span.set_local_parent();
    body(number)
}

fn five_fields(item: Item) -> u64 {
    let span = root("step").with_properties(|| {
        [
            ("number", item.number.to_string().into()),
            ("user", std::borrow::Cow::Borrowed(item.user)),
            ("region", item.region.into()),
            ("cached", if item.cached { "true" } else { "false" }.into()),
            ("size", item.size.to_string().into()),
        ]
    });
    let _current = span.set_local_parent();
    body(item.number)
}

async fn asynchronous(number: u64) -> u64 {
    async { body(number) }.in_span(root_of_step(number)).await
}

async fn four_awaits(number: u64) -> u64 {
    awaits(number).in_span(root_of_step(number)).await
}

async fn polls(number: u64, times: u64) -> u64 {
    let span = root_of_step(number);
    pending(number, times).in_span(span).await
}

#[fastrace::trace(name = "step", properties = { "number": "{number}" })]
fn step(number: u64) -> u64 {
    body(number)
}

fn tree(number: u64) -> u64 {
    let span = root("tree");
    let _current = span.set_local_parent();
    steps(number, step)
}

pub(crate) const PEER: Peer = Peer {
    name: "fastrace",
    states: &[State::Sampled, State::Unsampled, State::Absent],
    set_up,
    no_fields,
    one_field,
    five_fields,
    asynchronous: |number| block_on(asynchronous(number)),
    four_awaits: |number| block_on(four_awaits(number)),
    polls: |number, times| Box::pin(polls(number, times)),
    tree,
};
