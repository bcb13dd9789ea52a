//! `#[tracing::instrument]` on tracing-opentelemetry, with its defaults, with everything off that its options
//! turn off, and with log lines; and the same functions on our engine's layer.

use tracing_relay_peers::suite::{TracingOpenTelemetry, TracingRelay};

use super::{
    Item, Peer, STATES_OF_TRACING, State, awaits, block_on, body, pending, steps,
    tracing_opentelemetry, tracing_relay,
};

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

#[tracing::instrument(name = "step", skip_all, fields(number = number))]
async fn polls(number: u64, times: u64) -> u64 {
    pending(number, times).await
}

#[tracing::instrument(name = "tree", skip_all)]
fn tree(number: u64) -> u64 {
    steps(number, one_field)
}

pub(crate) const PEER: Peer = Peer {
    name: crate::REFERENCE,
    states: STATES_OF_TRACING,
    set_up: |state| tracing_opentelemetry(state, TracingOpenTelemetry::DEFAULTS),
    no_fields,
    one_field,
    five_fields,
    asynchronous: |number| block_on(asynchronous(number)),
    four_awaits: |number| block_on(four_awaits(number)),
    polls: |number, times| Box::pin(polls(number, times)),
    tree,
};

pub(crate) const LEAN: Peer = Peer {
    name: "the same, lean",
    set_up: |state| {
        let lean = TracingOpenTelemetry {
            lean: true,
            ..TracingOpenTelemetry::DEFAULTS
        };
        tracing_opentelemetry(state, lean)
    },
    ..PEER
};

pub(crate) const WITH_FMT: Peer = Peer {
    name: "the same, with log lines",
    states: &[State::Sampled],
    set_up: |state| {
        let with_fmt = TracingOpenTelemetry {
            fmt: true,
            ..TracingOpenTelemetry::DEFAULTS
        };
        tracing_opentelemetry(state, with_fmt)
    },
    ..PEER
};

pub(crate) const ON_THE_ENGINE: Peer = Peer {
    name: "`#[instrument]` on tracing-relay",
    set_up: |state| tracing_relay(state, TracingRelay::PLAIN),
    ..PEER
};

pub(crate) const ON_THE_ENGINE_ACTIVATED: Peer = Peer {
    name: "`#[instrument]` on tracing-relay, activated",
    set_up: |state| tracing_relay(state, TracingRelay::DEFAULTS),
    ..PEER
};
