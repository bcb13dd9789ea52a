//! `#[traceable]` of opentelemetry-traceable, distributed: its spans are the current ones of OpenTelemetry.

use std::sync::Mutex;

use opentelemetry_traceable::instrumentation::Instrumentation;
use opentelemetry_traceable::traceable;
use tracing_relay_peers::suite::{self, Pipeline, Sampled};

use super::{Item, Peer, State, awaits, block_on, body, pending, steps};

/// Ends when it is dropped.
static INSTRUMENTATION: Mutex<Option<Instrumentation>> = Mutex::new(None);

fn set_up(state: State) -> Pipeline {
    let sampled = match state {
        State::Sampled => Sampled::Yes,
        State::Unsampled => Sampled::No,
        // A function that nobody has enabled.
        State::Disabled | State::Absent => return Pipeline::none(),
    };
    let pipeline = suite::opentelemetry(sampled);
    let instrumentation = Instrumentation::builder()
        .tracer(pipeline.tracer())
        .distributed()
        .build()
        .expect("the only instrumentation");
    instrumentation.enable_all();
    *INSTRUMENTATION.lock().expect("a lock that nobody poisons") = Some(instrumentation);
    pipeline
}

#[traceable(name = "step")]
fn no_fields(number: u64) -> u64 {
    body(number)
}

#[traceable(name = "step", fields("number" = number.cast_signed()))]
fn one_field(number: u64) -> u64 {
    body(number)
}

#[traceable(
    name = "step",
    fields(
        "number" = item.number.cast_signed(),
        "user" = item.user,
        "region" = item.region,
        "cached" = item.cached,
        "size" = item.size.cast_signed() as i64
    )
)]
fn five_fields(item: Item) -> u64 {
    body(item.number)
}

#[traceable(name = "step", fields("number" = number.cast_signed()))]
async fn asynchronous(number: u64) -> u64 {
    body(number)
}

#[traceable(name = "step", fields("number" = number.cast_signed()))]
async fn four_awaits(number: u64) -> u64 {
    awaits(number).await
}

#[traceable(name = "step", fields("number" = number.cast_signed()))]
async fn polls(number: u64, times: u64) -> u64 {
    pending(number, times).await
}

#[traceable(name = "tree")]
fn tree(number: u64) -> u64 {
    steps(number, one_field)
}

pub(crate) const PEER: Peer = Peer {
    name: "`#[traceable]`",
    states: &[State::Sampled, State::Unsampled, State::Disabled],
    set_up,
    no_fields,
    one_field,
    five_fields,
    asynchronous: |number| block_on(asynchronous(number)),
    four_awaits: |number| block_on(four_awaits(number)),
    polls: |number, times| Box::pin(polls(number, times)),
    tree,
};
