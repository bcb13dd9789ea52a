//! What it costs to take a context along: each part of a hop, and whole hops. The sender is inside a span,
//! and the receiver makes one below it.

mod fastrace;
mod relay;
mod untraced;
mod usual;

use std::hint::black_box;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tracing_relay_peers::suite::{Case, Cost, Expected, Parent, Pipeline, on_this_thread};

/// The name of a variant that a bound needs.
pub(crate) const ON_TRACING_OPENTELEMETRY: &str = relay::ON_TRACING_OPENTELEMETRY.name;

/// A `traceparent`, for what reads one.
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A way to take a context along.
#[derive(Clone, Copy)]
struct Peer {
    name: &'static str,
    set_up: fn() -> Pipeline,
    /// Whether it has contexts at all.
    traces: bool,
    /// Makes calls inside a span.
    inside: fn(&mut dyn FnMut()),
    /// Takes the current context, as what a message holds.
    capture: fn(),
    /// Reads what a message holds.
    parse: fn(),
    /// Writes it.
    write: fn(),
    /// Makes a message, writes it as JSON, and reads it.
    serde: fn(u64),
    /// The same, and handles it in a span.
    over_json: fn(u64) -> u64,
    /// A queue, whose messages are handled in a span.
    over_mpsc: fn() -> Box<dyn FnMut(u64) -> u64>,
}

const PEERS: [Peer; 6] = [
    untraced::PEER,
    usual::PEER,
    fastrace::PEER,
    relay::PEER,
    relay::ACTIVATED,
    relay::ON_TRACING_OPENTELEMETRY,
];

const SENDER: Expected = Expected {
    name: "send",
    parent: Parent::None,
    attributes: &[],
    times: 1,
};

const RECEIVER: Expected = Expected {
    name: "handle",
    parent: Parent::Span("send"),
    attributes: &[("number", "0")],
    times: 1,
};

/// A part of a hop, or a whole one.
type Part = fn(Peer, u64) -> Cost;

const CAPTURE: Part = |peer, calls| on_this_thread(calls, |_| (peer.capture)());
const PARSE: Part = |peer, calls| on_this_thread(calls, |_| (peer.parse)());
const WRITE: Part = |peer, calls| on_this_thread(calls, |_| (peer.write)());
const SERDE: Part = |peer, calls| on_this_thread(calls, peer.serde);
const OVER_JSON: Part = |peer, calls| on_this_thread(calls, peer.over_json);
const OVER_MPSC: Part = |peer, calls| on_this_thread(calls, (peer.over_mpsc)());

/// Each part with each peer that has it.
pub(crate) fn cases() -> Vec<Case> {
    let traced = || PEERS.into_iter().filter(|peer| peer.traces);
    let mut cases = Vec::new();
    for (name, part) in [("capture", CAPTURE), ("parse", PARSE), ("write", WRITE)] {
        cases.extend(traced().map(|peer| case("Contexts", name, peer, part, &[])));
    }
    let name = "a message to JSON and back";
    cases.extend(PEERS.map(|peer| case("Contexts", name, peer, SERDE, &[])));
    for (name, part) in [("over JSON", OVER_JSON), ("over mpsc", OVER_MPSC)] {
        cases.extend(PEERS.map(|peer| case("Hops", name, peer, part, &[RECEIVER])));
    }
    cases
}

fn case(
    table: &'static str,
    name: &'static str,
    peer: Peer,
    part: Part,
    exports: &'static [Expected],
) -> Case {
    Case {
        table,
        name,
        variant: peer.name,
        set_up: Box::new(peer.set_up),
        work: Box::new(move |_, calls| {
            let mut cost = Cost::default();
            (peer.inside)(&mut || cost = part(peer, calls));
            cost
        }),
        around: if peer.traces { &[SENDER] } else { &[] },
        exports: if peer.traces { exports } else { &[] },
        instructions: true,
    }
}

/// What the handlers do.
#[inline(never)]
fn body(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

/// A message at the other end of a wire.
fn sent<M: Serialize + DeserializeOwned>(message: &M) -> M {
    let text = serde_json::to_string(message).expect("a message that is JSON");
    serde_json::from_str(black_box(&text)).expect("the same message")
}

/// A queue with its two ends.
fn queue<M: 'static>(message: fn(u64) -> M, handle: fn(M) -> u64) -> Box<dyn FnMut(u64) -> u64> {
    let (sender, mut receiver) = mpsc::channel(8);
    Box::new(move |number| {
        let room = sender.try_send(message(number));
        assert!(room.is_ok(), "a queue with room");
        handle(receiver.try_recv().expect("the message that was sent"))
    })
}
