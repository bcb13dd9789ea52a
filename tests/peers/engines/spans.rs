//! What a span costs: its fields, the shape of its function, and what becomes of it.

use std::task::{Context, Waker};

use tracing_relay_peers::suite::{
    Case, Cost, Expected, Parent, Pipeline, on_this_thread, on_threads, until_exported,
};

use crate::peers::{self, ITEM, Item, Peer, State};

type Work = fn(Peer, &Pipeline, u64) -> Cost;

/// What is done with each engine that knows the state.
struct Kind {
    table: &'static str,
    name: &'static str,
    state: State,
    work: Work,
    /// What is exported once for all calls.
    around: &'static [Expected],
    exports: &'static [Expected],
    instructions: bool,
}

impl Kind {
    const fn sampled(name: &'static str, work: Work, exports: &'static [Expected]) -> Self {
        Self {
            table: "Spans that are recorded",
            name,
            state: State::Sampled,
            work,
            around: &[],
            exports,
            instructions: true,
        }
    }

    const fn in_state(self, state: State) -> Self {
        Self {
            table: "Spans that are not recorded",
            state,
            exports: &[],
            ..self
        }
    }

    const fn on_several_threads(self, table: &'static str) -> Self {
        Self {
            table,
            instructions: false,
            ..self
        }
    }
}

const STEP: Expected = Expected {
    name: "step",
    parent: Parent::None,
    attributes: &[("number", "0")],
    times: 1,
};

const FIVE_FIELDS: Expected = Expected {
    attributes: &[
        ("cached", "true"),
        ("number", "0"),
        ("region", "eu-central-1"),
        ("size", "4096"),
        ("user", "u-4711"),
    ],
    ..STEP
};

const TREE: [Expected; 2] = [
    Expected {
        name: "tree",
        attributes: &[],
        ..STEP
    },
    Expected {
        parent: Parent::Span("tree"),
        times: 10,
        ..STEP
    },
];

fn no_fields(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_this_thread(calls, peer.no_fields)
}

fn one_field(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_this_thread(calls, peer.one_field)
}

fn five_fields(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_this_thread(calls, |number| (peer.five_fields)(Item { number, ..ITEM }))
}

fn asynchronous(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_this_thread(calls, peer.asynchronous)
}

fn four_awaits(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_this_thread(calls, peer.four_awaits)
}

/// Polls of one span, but for the first and the last.
fn further_polls(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    let mut future = (peer.polls)(0, calls + 1);
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
    let cost = on_this_thread(calls, |_| future.as_mut().poll(&mut context).is_pending());
    assert!(future.as_mut().poll(&mut context).is_ready());
    cost
}

fn tree(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_this_thread(calls, peer.tree)
}

fn one_thread(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_threads(1, calls, peer.one_field)
}

fn two_threads(peer: Peer, _: &Pipeline, calls: u64) -> Cost {
    on_threads(2, calls, peer.one_field)
}

fn thousand(peer: Peer, pipeline: &Pipeline, calls: u64) -> Cost {
    until_exported(pipeline, calls, |_| {
        for _ in 0..1_000 {
            (peer.five_fields)(ITEM);
        }
    })
}

const KINDS: [Kind; 15] = [
    Kind::sampled(
        "sync, no field",
        no_fields,
        &[Expected {
            attributes: &[],
            ..STEP
        }],
    ),
    Kind::sampled("sync, 1 field", one_field, &[STEP]),
    Kind::sampled("sync, 5 fields", five_fields, &[FIVE_FIELDS]),
    Kind::sampled("async, no await", asynchronous, &[STEP]),
    Kind::sampled("async, 4 awaits", four_awaits, &[STEP]),
    Kind {
        around: &[STEP],
        ..Kind::sampled("a further poll", further_polls, &[])
    },
    Kind::sampled("a tree of 11", tree, &TREE),
    Kind::sampled("not sampled", one_field, &[]).in_state(State::Unsampled),
    Kind::sampled("not sampled, a tree of 11", tree, &[]).in_state(State::Unsampled),
    Kind::sampled("below the level", one_field, &[]).in_state(State::Disabled),
    Kind::sampled("nothing set up", one_field, &[]).in_state(State::Absent),
    Kind::sampled("nothing set up, async, 4 awaits", four_awaits, &[]).in_state(State::Absent),
    Kind::sampled("1 thread", one_thread, &[STEP]).on_several_threads("Threads"),
    Kind::sampled(
        "2 threads, each",
        two_threads,
        &[Expected { times: 2, ..STEP }],
    )
    .on_several_threads("Threads"),
    Kind::sampled(
        "1,000 spans, 5 fields",
        thousand,
        &[Expected {
            times: 1_000,
            ..FIVE_FIELDS
        }],
    )
    .on_several_threads("Spans until they are exported"),
];

/// Each kind with each engine that knows its state, and without spans.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in KINDS {
        for peer in peers::ALL {
            if peer.states.is_empty() || peer.states.contains(&kind.state) {
                cases.push(case(&kind, peer));
            }
        }
    }
    cases
}

fn case(kind: &Kind, peer: Peer) -> Case {
    let &Kind { state, work, .. } = kind;
    let traced = !peer.states.is_empty();
    Case {
        table: kind.table,
        name: kind.name,
        variant: peer.name,
        set_up: Box::new(move || (peer.set_up)(state)),
        work: Box::new(move |pipeline, calls| work(peer, pipeline, calls)),
        around: if traced { kind.around } else { &[] },
        exports: if traced { kind.exports } else { &[] },
        instructions: kind.instructions,
    }
}
