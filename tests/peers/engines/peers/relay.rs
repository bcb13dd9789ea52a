//! `#[traced]` on tracing-opentelemetry: with the ids for log lines, and without.

use super::{Peer, STATES_OF_TRACING, block_on, tracing_opentelemetry};

/// The functions, with further options.
macro_rules! functions {
    ($($option:tt)*) => {
        use tracing_relay::traced;

        use crate::peers::{Item, awaits, body, steps};

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

pub(crate) const PEER: Peer = Peer {
    name: "`#[traced]`",
    states: STATES_OF_TRACING,
    set_up: |state| tracing_opentelemetry(state, false),
    no_fields: defaults::no_fields,
    one_field: defaults::one_field,
    five_fields: defaults::five_fields,
    asynchronous: |number| block_on(defaults::asynchronous(number)),
    four_awaits: |number| block_on(defaults::four_awaits(number)),
    tree: defaults::tree,
};

pub(crate) const WITHOUT_IDS: Peer = Peer {
    name: "`#[traced(log_ids = false)]`",
    states: STATES_OF_TRACING,
    set_up: |state| tracing_opentelemetry(state, false),
    no_fields: without_ids::no_fields,
    one_field: without_ids::one_field,
    five_fields: without_ids::five_fields,
    asynchronous: |number| block_on(without_ids::asynchronous(number)),
    four_awaits: |number| block_on(without_ids::four_awaits(number)),
    tree: without_ids::tree,
};
