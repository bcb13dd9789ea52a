//! What the application does besides.

use tokio::task::yield_now;
use tracing::{Instrument as _, info_span};

use crate::library;

/// Turns at a time.
const TURNS: u32 = 2;

/// The parts that a turn has.
const PARTS: u32 = 2;

/// Takes some turns at the same time, and returns how many.
pub(super) async fn turns() -> usize {
    let turns: Vec<_> = (0..TURNS)
        .map(|number| tokio::spawn(turn(number)))
        .collect();
    let mut taken = 0;
    for turn in turns {
        taken += usize::from(turn.await.is_ok());
    }
    taken
}

async fn turn(number: u32) {
    let parts = async {
        for part in 0..PARTS {
            render(part)
                .instrument(info_span!("user.render", part))
                .await;
        }
    };
    parts.instrument(info_span!("user.turn", number)).await;
}

async fn render(part: u32) -> u64 {
    // Others run in between, and it may go on elsewhere.
    yield_now().await;
    let rendered = library::digest(&part.to_string());
    yield_now().await;
    rendered
}
