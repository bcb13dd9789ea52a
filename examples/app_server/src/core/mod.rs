//! The core: takes submissions from a queue, and starts what each of them asks for.

mod turn;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tracing_relay::task::JoinSet;
use tracing_relay::{carries_trace, traced};

use crate::model_client::ModelClient;
use crate::protocol::Event;
use turn::Turn;

/// What the core is asked to do. It belongs to the trace of whoever submits it.
#[carries_trace(new)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Names the submission, and the turn that it starts.
    pub id: String,
    /// What to do.
    pub op: Op,
}

/// What can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Op {
    /// Ask the model.
    UserTurn {
        /// The thread that the turn belongs to.
        thread_id: String,
        /// The model.
        model: String,
        /// What the user wrote.
        input: String,
    },
}

impl Op {
    /// The name of the operation.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::UserTurn { .. } => "user_turn",
        }
    }
}

/// A submission and who wants to hear of it.
#[derive(Debug)]
pub struct Queued {
    /// What to do.
    pub submission: Submission,
    /// Where to say what became of it.
    pub events: mpsc::UnboundedSender<Event>,
}

/// The way to the core. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Core {
    queue: mpsc::Sender<Queued>,
    submitted: Arc<AtomicU64>,
}

impl Core {
    /// A core whose queue holds up to `capacity` submissions, and the other end of the queue, for
    /// [`run`].
    #[must_use]
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Queued>) {
        let (queue, receiver) = mpsc::channel(capacity);
        let submitted = Arc::default();
        (Self { queue, submitted }, receiver)
    }

    /// A submitter, and the events of what it submits. The events end when the submitter is gone and
    /// all that it submitted is done.
    #[must_use]
    pub fn connect(&self) -> (Submitter, mpsc::UnboundedReceiver<Event>) {
        let (events, receiver) = mpsc::unbounded_channel();
        let core = self.clone();
        (Submitter { core, events }, receiver)
    }
}

/// Submits work to the core.
#[derive(Debug)]
pub struct Submitter {
    core: Core,
    events: mpsc::UnboundedSender<Event>,
}

impl Submitter {
    /// Submits an operation and returns the id of the submission. Waits while the queue is full.
    ///
    /// # Errors
    ///
    /// When the core has stopped.
    pub async fn submit(&self, op: Op) -> Result<String, CoreStopped> {
        let number = self.core.submitted.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("turn-{number}");
        self.forward(Submission::new(id.clone(), op)).await?;
        Ok(id)
    }

    /// Puts a submission into the queue as it is: one that was made elsewhere stays in the trace that
    /// it came with.
    ///
    /// # Errors
    ///
    /// When the core has stopped.
    pub async fn forward(&self, submission: Submission) -> Result<(), CoreStopped> {
        let events = self.events.clone();
        let queued = Queued { submission, events };
        self.core.queue.send(queued).await.map_err(|_| CoreStopped)
    }
}

/// The core has stopped, and takes no more submissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoreStopped;

impl fmt::Display for CoreStopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the core has stopped")
    }
}

impl std::error::Error for CoreStopped {}

/// Dispatches what is in the queue, until each [`Core`] and each [`Submitter`] is gone and the last
/// turn has ended. Dropped, it stops the turns that are running.
pub async fn run(mut queue: mpsc::Receiver<Queued>, model: ModelClient) {
    let mut turns = JoinSet::new();
    while let Some(Queued { submission, events }) = queue.recv().await {
        dispatch(submission, events, &model, &mut turns);
        // The results of turns that have ended are not wanted, and not kept either.
        while turns.try_join_next().is_some() {}
    }
    while turns.join_next().await.is_some() {}
}

/// Starts what a submission asks for.
#[traced(
    kind = "consumer",
    name = "submission_dispatch",
    fields(submission.id = submission.id, codex.op = submission.op.kind())
)]
fn dispatch(
    submission: Submission,
    events: mpsc::UnboundedSender<Event>,
    model: &ModelClient,
    turns: &mut JoinSet<()>,
) {
    match submission.op {
        Op::UserTurn {
            thread_id,
            model: name,
            input,
        } => {
            let turn = Turn {
                id: submission.id,
                thread_id,
                model: name,
                input,
            };
            turns.spawn(turn.run_to_its_end(model.clone(), events));
        }
    }
}
