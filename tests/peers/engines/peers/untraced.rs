//! No spans.

use tracing_relay_peers::suite::Pipeline;

use super::{Item, Peer, awaits, block_on, body, pending, steps};

pub(crate) const PEER: Peer = Peer {
    name: "untraced",
    states: &[],
    set_up: |_| Pipeline::none(),
    no_fields: body,
    one_field: body,
    five_fields: |item: Item| body(item.number),
    asynchronous: |number| block_on(async { body(number) }),
    four_awaits: |number| block_on(awaits(number)),
    polls: |number, times| Box::pin(pending(number, times)),
    tree: |number| steps(number, body),
};
