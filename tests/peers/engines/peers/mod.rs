//! The engines: each makes the same spans around the same functions. A further one is a further [`Peer`].

mod by_hand;
mod fastrace;
mod instrument;
mod relay;
mod traceable;
mod untraced;

use std::hint::black_box;
use std::pin::Pin;

use tracing::level_filters::LevelFilter;
use tracing_relay_peers::polled::{Yield, block_on};
use tracing_relay_peers::suite::{
    self, Pipeline, Sampled, TracingOpenTelemetry, TracingRelay, Waiting,
};

/// All of them, those that others are compared with before ours.
pub(crate) const ALL: [Peer; 15] = [
    untraced::PEER,
    instrument::PEER,
    instrument::LEAN,
    instrument::WITH_FMT,
    fastrace::PEER,
    by_hand::PEER,
    traceable::PEER,
    relay::PEER,
    relay::ACTIVATED,
    relay::BELOW_A_FILTER,
    relay::WITH_FMT,
    instrument::ON_THE_ENGINE,
    instrument::ON_THE_ENGINE_ACTIVATED,
    relay::ON_TRACING_OPENTELEMETRY,
    relay::WITHOUT_IDS,
];

/// Names that bounds need.
pub(crate) const FASTRACE: &str = fastrace::PEER.name;
pub(crate) const INSTRUMENT_ON_OURS: &str = instrument::ON_THE_ENGINE.name;
pub(crate) const TRACED_ON_TRACING_OPENTELEMETRY: &str = relay::ON_TRACING_OPENTELEMETRY.name;

/// Whose spans wait, all of them with room.
pub(crate) const WAITING: [Waiting; 3] = [
    Waiting {
        variant: instrument::PEER.name,
        set_up: || {
            let large = TracingOpenTelemetry {
                queue: suite::WAITING + 1,
                ..TracingOpenTelemetry::DEFAULTS
            };
            large.install()
        },
        span: || _ = (instrument::PEER.five_fields)(ITEM),
    },
    Waiting {
        variant: fastrace::PEER.name,
        set_up: suite::fastrace,
        span: || _ = (fastrace::PEER.five_fields)(ITEM),
    },
    Waiting {
        variant: relay::PEER.name,
        set_up: || TracingRelay::PLAIN.install(),
        span: || _ = (relay::PEER.five_fields)(ITEM),
    },
];

/// What becomes of the spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Exported.
    Sampled,
    /// Made, and not recorded.
    Unsampled,
    /// Below the level that is asked for.
    Disabled,
    /// Nothing is set up.
    Absent,
}

/// The argument of the function with five fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) number: u64,
    pub(crate) user: &'static str,
    pub(crate) region: &'static str,
    pub(crate) cached: bool,
    pub(crate) size: usize,
}

/// The usual one.
pub(crate) const ITEM: Item = Item {
    number: 0,
    user: "u-4711",
    region: "eu-central-1",
    cached: true,
    size: 4096,
};

/// An engine. Each span is called `step`; of a tree, ten of them are below one that is called `tree`.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// The states that it knows; none where it makes no spans.
    pub(crate) states: &'static [State],
    pub(crate) set_up: fn(State) -> Pipeline,
    pub(crate) no_fields: fn(u64) -> u64,
    pub(crate) one_field: fn(u64) -> u64,
    pub(crate) five_fields: fn(Item) -> u64,
    pub(crate) asynchronous: fn(u64) -> u64,
    pub(crate) four_awaits: fn(u64) -> u64,
    /// A future that is pending this many times.
    pub(crate) polls: fn(u64, u64) -> Polls,
    pub(crate) tree: fn(u64) -> u64,
}

/// What the functions do.
#[inline(never)]
fn body(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

/// A future in a span.
pub(crate) type Polls = Pin<Box<dyn Future<Output = u64>>>;

/// What a function does that is pending some times.
async fn pending(number: u64, times: u64) -> u64 {
    for _ in 0..times {
        Yield::default().await;
    }
    body(number)
}

/// What the function with four awaits does.
async fn awaits(number: u64) -> u64 {
    for _ in 0..4 {
        Yield::default().await;
    }
    body(number)
}

/// What the root of a tree does.
fn steps(number: u64, step: impl Fn(u64) -> u64) -> u64 {
    (0..10).fold(number, |sum, _| sum.wrapping_add(step(number)))
}

/// The states that spans of `tracing` have.
const STATES_OF_TRACING: &[State] = &[
    State::Sampled,
    State::Unsampled,
    State::Disabled,
    State::Absent,
];

/// Whether roots are recorded in a state, and from what level on; `None` where nothing is set up.
fn settings(state: State) -> Option<(Sampled, LevelFilter)> {
    match state {
        State::Sampled => Some((Sampled::Yes, LevelFilter::INFO)),
        State::Unsampled => Some((Sampled::No, LevelFilter::INFO)),
        State::Disabled => Some((Sampled::Yes, LevelFilter::WARN)),
        State::Absent => None,
    }
}

/// tracing-opentelemetry with these settings, or no subscriber.
fn tracing_opentelemetry(state: State, usual: TracingOpenTelemetry) -> Pipeline {
    settings(state).map_or_else(Pipeline::none, |(sampled, level)| {
        let layer = TracingOpenTelemetry {
            sampled,
            level,
            ..usual
        };
        layer.install()
    })
}

/// Our engine with these settings, or no subscriber.
fn tracing_relay(state: State, usual: TracingRelay) -> Pipeline {
    settings(state).map_or_else(Pipeline::none, |(sampled, level)| {
        let layer = TracingRelay {
            sampled,
            level,
            ..usual
        };
        layer.install()
    })
}
