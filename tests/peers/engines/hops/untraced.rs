//! Messages without a context.

use std::hint::black_box;

use serde::{Deserialize, Serialize};
use tracing_relay_peers::suite::Pipeline;

use super::{Peer, body, queue, sent};

#[derive(Deserialize, Serialize)]
struct Message {
    number: u64,
    method: String,
}

fn message(number: u64) -> Message {
    Message {
        number,
        method: "thread/start".to_owned(),
    }
}

fn handle(message: Message) -> u64 {
    black_box(message.method);
    body(message.number)
}

pub(super) const PEER: Peer = Peer {
    name: "untraced",
    set_up: Pipeline::none,
    traces: false,
    inside: |work| work(),
    capture: || {},
    parse: || {},
    write: || {},
    serde: |number| drop(black_box(sent(&message(number)))),
    over_json: |number| handle(sent(&message(number))),
    over_mpsc: || queue(message, handle),
};
