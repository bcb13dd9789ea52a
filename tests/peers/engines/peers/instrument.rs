//! `#[tracing::instrument]` on tracing-opentelemetry: with its defaults, and with everything off that its
//! options turn off.

use super::{Item, Peer, STATES_OF_TRACING, awaits, block_on, body, steps, tracing_opentelemetry};

#[tracing::instrument(name = "step", skip_all)]
fn no_fields(number: u64) -> u64 {
    body(number)
}

#[tracing::instrument(name = "step", skip_all, fields(number = number))]
fn one_field(number: u64) -> u64 {
    body(number)
}

#[tracing::instrument(
    name = "step",
    skip_all,
    fields(
        number = item.number,
        user = item.user,
        region = item.region,
        cached = item.cached,
        size = item.size,
    )
)]
fn five_fields(item: Item) -> u64 {
    body(item.number)
}

#[tracing::instrument(name = "step", skip_all, fields(number = number))]
async fn asynchronous(number: u64) -> u64 {
    body(number)
}

#[tracing::instrument(name = "step", skip_all, fields(number = number))]
async fn four_awaits(number: u64) -> u64 {
    awaits(number).await
}

#[tracing::instrument(name = "tree", skip_all)]
fn tree(number: u64) -> u64 {
    steps(number, one_field)
}

pub(crate) const PEER: Peer = Peer {
    name: crate::REFERENCE,
    states: STATES_OF_TRACING,
    set_up: |state| tracing_opentelemetry(state, false),
    no_fields,
    one_field,
    five_fields,
    asynchronous: |number| block_on(asynchronous(number)),
    four_awaits: |number| block_on(four_awaits(number)),
    tree,
};

pub(crate) const LEAN: Peer = Peer {
    name: "the same, lean",
    set_up: |state| tracing_opentelemetry(state, true),
    ..PEER
};
