//! What the server says without being asked.

use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", content = "params")]
pub enum Event {
    /// A turn came to its end.
    #[serde(rename = "turn/completed", rename_all = "camelCase")]
    TurnCompleted {
        /// The thread.
        thread_id: String,
        /// The turn.
        turn_id: String,
        /// How it ended.
        status: TurnStatus,
        /// The model's answer, or why there is none.
        text: String,
    },
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TurnStatus {
    /// With an answer.
    Completed,
    /// Without.
    Failed,
}
