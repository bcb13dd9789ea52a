//! What the core is asked to do, and what travels with it through the queue.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing_relay::carries_trace;

use super::threads::Threads;
use super::turn::PendingTurn;
use crate::model_client::Responder;
use crate::protocol::TurnStatus;

/// What the core is asked to do. It belongs to the trace of whoever submits it.
#[carries_trace(new)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Names the submission, and the turn that it starts.
    pub id: String,
    /// The thread that it is about.
    pub thread_id: String,
    /// What to do.
    pub op: Op,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Op {
    /// Ask the model.
    UserTurn {
        /// What the user wrote.
        input: String,
    },
    /// Have the model look at what was said.
    Review {
        /// What to look at.
        instructions: Option<String>,
    },
    /// Put a summary in the place of what was said.
    Compact,
    /// Announce that somebody talks.
    RealtimeStart,
    /// Listen.
    RealtimeAudio {
        /// The sound, in base64.
        audio: String,
    },
    /// Take text for what was said.
    RealtimeText {
        /// The text.
        text: String,
    },
    /// Nobody talks any more.
    RealtimeStop,
}

impl Op {
    /// The name of the operation.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::UserTurn { .. } => "user_turn",
            Self::Review { .. } => "review",
            Self::Compact => "compact",
            Self::RealtimeStart => "realtime_start",
            Self::RealtimeAudio { .. } => "realtime_audio",
            Self::RealtimeText { .. } => "realtime_text",
            Self::RealtimeStop => "realtime_stop",
        }
    }

    /// Whether the operation is a turn.
    #[must_use]
    pub const fn is_turn(&self) -> bool {
        matches!(
            self,
            Self::UserTurn { .. } | Self::Review { .. } | Self::Compact
        )
    }
}

/// A submission in the queue, with what belongs to it inside this process.
#[derive(Debug)]
pub struct Queued {
    /// What to do.
    pub submission: Submission,
    pub(super) work: Work,
}

/// What the core needs for its work.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) threads: Arc<Threads>,
    /// The turn that is to start, if it is one.
    pub(super) turn: Option<PendingTurn>,
    /// Where to say how it ended.
    pub(super) done: watch::Sender<Option<TurnStatus>>,
    /// The connection waits until this is gone.
    pub(super) token: TaskTrackerToken,
}

impl Work {
    /// Starts the turn, and has somebody wait for its end.
    pub(super) fn start_turn(self, op: Op, model: &impl Responder, turns: &mut JoinSet<()>) {
        let Some(mut turn) = self.turn else {
            return;
        };
        let running = turn.start(op, model.clone());
        turns.spawn(async move {
            let status = turn.end(running).await;
            self.done.send_replace(Some(status));
            drop(self.token);
        });
    }
}
