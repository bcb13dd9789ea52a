//! A turn: what the core does for an input of the user, from its start to its end.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing_relay::{task, traced};

use super::submission::{Op, Submission};
use super::threads::Threads;
use crate::model::Prompt;
use crate::model_client::{ModelError, Responder};
use crate::protocol::{Event, PastTurn, TurnStatus};

/// What is between the answers to two inputs.
const BETWEEN: &str = "\n";

/// A turn that was submitted. However it ends, that is said once: when this is dropped.
#[derive(Debug)]
pub(super) struct PendingTurn {
    threads: Arc<Threads>,
    thread_id: String,
    interrupt: CancellationToken,
    inputs: Option<mpsc::Receiver<String>>,
    ending: PastTurn,
    /// The turns that it stands for when it has completed.
    replaces: HashSet<String>,
}

impl PendingTurn {
    pub(super) fn new(
        threads: Arc<Threads>,
        submission: &Submission,
        interrupt: CancellationToken,
        inputs: mpsc::Receiver<String>,
    ) -> Self {
        Self {
            threads,
            thread_id: submission.thread_id.clone(),
            interrupt,
            inputs: Some(inputs),
            ending: PastTurn {
                id: submission.id.clone(),
                status: TurnStatus::Interrupted,
                input: String::new(),
                text: "the turn was interrupted".to_owned(),
            },
            replaces: HashSet::new(),
        }
    }

    /// Starts the turn in a task of its own, unless it was interrupted before.
    pub(super) fn start(&mut self, op: Op, model: impl Responder) -> Option<RunningTurn> {
        let inputs = self.inputs.take()?;
        let thread = self.threads.read(&self.thread_id).ok()?;
        if self.interrupt.is_cancelled() {
            return None;
        }
        self.threads.tell(&Event::TurnStarted {
            thread_id: self.thread_id.clone(),
            turn_id: self.ending.id.clone(),
        });
        if matches!(op, Op::Compact) {
            self.replaces = thread.turns.iter().map(|turn| turn.id.clone()).collect();
        }
        let kind = op.kind();
        self.ending.input = prompt(op, &thread.turns);
        let turn = Turn {
            id: self.ending.id.clone(),
            thread_id: thread.id,
            kind,
            model: thread.model,
            input: self.ending.input.clone(),
            inputs,
            threads: Arc::clone(&self.threads),
        };
        Some(AbortOnDropHandle::new(task::spawn(turn.run(model))))
    }

    /// Waits for the turn's end, and returns how it ended.
    pub(super) async fn end(mut self, running: Option<RunningTurn>) -> TurnStatus {
        let Some(mut running) = running else {
            return self.ending.status;
        };
        let joined = tokio::select! {
            joined = &mut running => joined,
            () = self.interrupt.cancelled() => {
                running.abort();
                running.await
            }
        };
        let (status, text) = match joined {
            Ok(Ok(answer)) => (TurnStatus::Completed, answer),
            Ok(Err(error)) => (TurnStatus::Failed, error.to_string()),
            Err(error) if error.is_cancelled() => return self.ending.status,
            // What a panic says is nothing for a client.
            Err(_) => (TurnStatus::Failed, "the turn panicked".to_owned()),
        };
        self.ending.status = status;
        self.ending.text = text;
        status
    }
}

impl Drop for PendingTurn {
    fn drop(&mut self) {
        self.threads
            .end(&self.thread_id, &self.ending, &self.replaces);
    }
}

/// The task of a turn, which does not outlive whoever waits for it.
pub(super) type RunningTurn = AbortOnDropHandle<Result<String, ModelError>>;

/// What the model is asked.
fn prompt(op: Op, said: &[PastTurn]) -> String {
    let said = || said.iter().map(|turn| turn.text.as_str());
    match op {
        Op::UserTurn { input } => input,
        Op::Review { instructions } => {
            let instructions = instructions.as_deref().unwrap_or("Look for mistakes.");
            let parts: Vec<_> = [instructions].into_iter().chain(said()).collect();
            parts.join("\n")
        }
        _ => said().collect::<Vec<_>>().join("\n"),
    }
}

/// A turn that is about to run.
#[derive(Debug)]
struct Turn {
    id: String,
    thread_id: String,
    kind: &'static str,
    model: String,
    input: String,
    /// What it is asked besides, while it runs.
    inputs: mpsc::Receiver<String>,
    threads: Arc<Threads>,
}

impl Turn {
    #[traced(name = "turn", err = "message",
        fields(thread.id = self.thread_id, turn.id = self.id, model = self.model, codex.turn.kind = self.kind))]
    async fn run(mut self, model: impl Responder) -> Result<String, ModelError> {
        self.run_turn(&model).await
    }

    #[traced(err = "message")]
    async fn run_turn(&mut self, model: &impl Responder) -> Result<String, ModelError> {
        let mut text = self.ask(model, self.input.clone()).await?;
        while let Some(input) = self.steered() {
            text += BETWEEN;
            self.say(BETWEEN);
            text += &self.ask(model, input).await?;
        }
        Ok(text)
    }

    async fn ask(&self, model: &impl Responder, input: String) -> Result<String, ModelError> {
        let prompt = Prompt {
            model: self.model.clone(),
            input,
        };
        model.respond(prompt, |delta| self.say(delta)).await
    }

    /// Says a part of the answer: all of them are what the turn has completed with.
    fn say(&self, delta: &str) {
        self.threads.tell(&Event::AgentMessageDelta {
            thread_id: self.thread_id.clone(),
            turn_id: self.id.clone(),
            delta: delta.to_owned(),
        });
    }

    /// What the turn is asked besides. When there is nothing it takes no more, so that what was taken
    /// is always asked.
    fn steered(&mut self) -> Option<String> {
        let next = self.inputs.try_recv();
        next.ok().or_else(|| {
            self.inputs.close();
            self.inputs.try_recv().ok()
        })
    }
}
