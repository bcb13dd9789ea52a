//! The engines: each makes the same spans around the same functions. A further one is a further [`Peer`].

mod by_hand;
mod fastrace;
mod instrument;
mod relay;
mod traceable;
mod untraced;

use std::hint::black_box;

use tracing::level_filters::LevelFilter;
use tracing_relay_peers::polled::{Yield, block_on};
use tracing_relay_peers::suite::{Pipeline, Sampled, TracingOpenTelemetry};

/// All of them, those that others are compared with before ours.
pub(crate) const ALL: [Peer; 8] = [
    untraced::PEER,
    instrument::PEER,
    instrument::LEAN,
    fastrace::PEER,
    by_hand::PEER,
    traceable::PEER,
    relay::PEER,
    relay::WITHOUT_IDS,
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
    pub(crate) tree: fn(u64) -> u64,
}

/// What the functions do.
#[inline(never)]
fn body(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
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

/// tracing-opentelemetry, or no subscriber.
fn tracing_opentelemetry(state: State, lean: bool) -> Pipeline {
    let (sampled, level) = match state {
        State::Sampled => (Sampled::Yes, LevelFilter::INFO),
        State::Unsampled => (Sampled::No, LevelFilter::INFO),
        State::Disabled => (Sampled::Yes, LevelFilter::WARN),
        State::Absent => return Pipeline::none(),
    };
    let layer = TracingOpenTelemetry {
        sampled,
        level,
        lean,
    };
    layer.install()
}
