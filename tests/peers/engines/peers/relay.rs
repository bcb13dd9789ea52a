//! `#[traced]` on our engine: alone, with contexts activated, and with log lines; and on tracing-opentelemetry, with the
//! ids for log lines and without.

use tracing_relay_peers::suite::{Beside, TracingOpenTelemetry, TracingRelay};

use super::{Peer, STATES_OF_TRACING, State, block_on, tracing_opentelemetry, tracing_relay};

/// The functions, with further options.
macro_rules! functions {
    ($($option:tt)*) => {
        use tracing_relay::traced;

        use crate::peers::{Item, awaits, body, pending, steps};

        #[traced(name = "step", $($option)*)]
        pub(super) fn no_fields(number: u64) -> u64 {
            body(number)
        }

        #[traced(name = "step", fields(number), $($option)*)]
        pub(super) fn one_field(number: u64) -> u64 {
            body(number)
        }

        #[traced(
            name = "step",
            fields(
                number = item.number,
                user = item.user,
                region = item.region,
                cached = item.cached,
                size = item.size,
            ),
            $($option)*
        )]
        pub(super) fn five_fields(item: Item) -> u64 {
            body(item.number)
        }

        #[traced(name = "step", fields(number), $($option)*)]
        pub(super) async fn asynchronous(number: u64) -> u64 {
            body(number)
        }

        #[traced(name = "step", fields(number), $($option)*)]
        pub(super) async fn four_awaits(number: u64) -> u64 {
            awaits(number).await
        }

        #[traced(name = "step", fields(number), $($option)*)]
        pub(super) async fn polls(number: u64, times: u64) -> u64 {
            pending(number, times).await
        }

        #[traced(name = "tree", $($option)*)]
        pub(super) fn tree(number: u64) -> u64 {
            steps(number, one_field)
        }
    };
}

mod defaults {
    functions!();
}

mod without_ids {
    functions!(log_ids = false);
}

const fn beside(beside: Beside) -> TracingRelay {
    TracingRelay {
        beside,
        ..TracingRelay::PLAIN
    }
}

pub(crate) const PEER: Peer = Peer {
    name: crate::OURS,
    states: STATES_OF_TRACING,
    set_up: |state| tracing_relay(state, TracingRelay::PLAIN),
    no_fields: defaults::no_fields,
    one_field: defaults::one_field,
    five_fields: defaults::five_fields,
    asynchronous: |number| block_on(defaults::asynchronous(number)),
    four_awaits: |number| block_on(defaults::four_awaits(number)),
    polls: |number, times| Box::pin(defaults::polls(number, times)),
    tree: defaults::tree,
};

pub(crate) const ACTIVATED: Peer = Peer {
    name: "tracing-relay, activated",
    set_up: |state| tracing_relay(state, TracingRelay::DEFAULTS),
    ..PEER
};

pub(crate) const BELOW_A_FILTER: Peer = Peer {
    name: "tracing-relay, a filter for all layers",
    states: &[State::Sampled, State::Unsampled, State::Disabled],
    set_up: |state| tracing_relay(state, beside(Beside::Filter)),
    ..PEER
};

pub(crate) const WITH_FMT: Peer = Peer {
    name: "tracing-relay, with log lines",
    states: &[State::Sampled],
    set_up: |state| tracing_relay(state, beside(Beside::Fmt)),
    ..PEER
};

pub(crate) const ON_TRACING_OPENTELEMETRY: Peer = Peer {
    name: "`#[traced]` on tracing-opentelemetry",
    set_up: |state| tracing_opentelemetry(state, TracingOpenTelemetry::DEFAULTS),
    ..PEER
};

pub(crate) const WITHOUT_IDS: Peer = Peer {
    name: "the same, without `log_ids`",
    states: STATES_OF_TRACING,
    set_up: |state| tracing_opentelemetry(state, TracingOpenTelemetry::DEFAULTS),
    no_fields: without_ids::no_fields,
    one_field: without_ids::one_field,
    five_fields: without_ids::five_fields,
    asynchronous: |number| block_on(without_ids::asynchronous(number)),
    four_awaits: |number| block_on(without_ids::four_awaits(number)),
    polls: |number, times| Box::pin(without_ids::polls(number, times)),
    tree: without_ids::tree,
};
