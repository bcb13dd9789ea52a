//! A turn: what the core does for an input of the user, from its start to its end.

use tokio::sync::mpsc;
use tracing_relay::traced;

use crate::model_client::{ModelClient, ModelError};
use crate::protocol::{Event, TurnStatus};

/// A turn that is about to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// Names the turn.
    pub(super) id: String,
    /// The thread that it belongs to.
    pub(super) thread_id: String,
    /// The model to ask.
    pub(super) model: String,
    /// What to ask it.
    pub(super) input: String,
}

impl Turn {
    /// Runs the turn and says how it ended.
    pub(super) async fn run_to_its_end(
        self,
        model: ModelClient,
        events: mpsc::UnboundedSender<Event>,
    ) {
        let (status, text) = match self.run(&model).await {
            Ok(answer) => (TurnStatus::Completed, answer),
            Err(error) => (TurnStatus::Failed, error.to_string()),
        };
        // A client that has gone does not hear of it.
        let _ = events.send(Event::TurnCompleted {
            thread_id: self.thread_id,
            turn_id: self.id,
            status,
            text,
        });
    }

    #[traced(
        name = "turn",
        fields(thread.id = self.thread_id, turn.id = self.id, model = self.model),
        err = "message"
    )]
    async fn run(&self, model: &ModelClient) -> Result<String, ModelError> {
        self.run_turn(model).await
    }

    #[traced]
    async fn run_turn(&self, model: &ModelClient) -> Result<String, ModelError> {
        model.respond(&self.model, &self.input).await
    }
}
