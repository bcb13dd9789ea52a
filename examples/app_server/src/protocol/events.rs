//! What the server says without being asked.

use serde::{Deserialize, Serialize};

use super::TurnStatus;

/// What happened. Told to the connections that have subscribed to the thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", content = "params", rename_all_fields = "camelCase")]
pub enum Event {
    /// A turn has started.
    #[serde(rename = "turn/started")]
    TurnStarted {
        /// The thread.
        thread_id: String,
        /// The turn.
        turn_id: String,
    },
    /// The model has said some more.
    #[serde(rename = "item/agentMessage/delta")]
    AgentMessageDelta {
        /// The thread.
        thread_id: String,
        /// The turn.
        turn_id: String,
        /// What it said.
        delta: String,
    },
    /// A turn came to its end. Said once of each turn.
    #[serde(rename = "turn/completed")]
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
    /// A thread has a name now.
    #[serde(rename = "thread/name/updated")]
    ThreadNameUpdated {
        /// The thread.
        thread_id: String,
        /// What it is about.
        name: String,
    },
    /// A talk has started.
    #[serde(rename = "thread/realtime/started")]
    RealtimeStarted {
        /// The thread.
        thread_id: String,
    },
    /// What was understood of a talk.
    #[serde(rename = "thread/realtime/transcript")]
    RealtimeTranscript {
        /// The thread.
        thread_id: String,
        /// The words.
        text: String,
    },
    /// A talk has ended.
    #[serde(rename = "thread/realtime/closed")]
    RealtimeClosed {
        /// The thread.
        thread_id: String,
    },
}

impl Event {
    /// The thread that it is about.
    #[must_use]
    pub fn thread_id(&self) -> &str {
        match self {
            Self::TurnStarted { thread_id, .. }
            | Self::AgentMessageDelta { thread_id, .. }
            | Self::TurnCompleted { thread_id, .. }
            | Self::ThreadNameUpdated { thread_id, .. }
            | Self::RealtimeStarted { thread_id }
            | Self::RealtimeTranscript { thread_id, .. }
            | Self::RealtimeClosed { thread_id } => thread_id,
        }
    }
}
