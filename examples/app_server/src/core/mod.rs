//! The core: takes submissions from a queue, and starts what each of them asks for.

mod delegate;
mod naming;
mod realtime;
mod refusal;
mod state;
mod submission;
mod submitter;
mod threads;
mod turn;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing_relay::traced;

use crate::model_client::Responder;
use crate::protocol::Event;

pub use naming::name_thread;
pub use realtime::SEGMENT;
pub use refusal::Refusal;
pub use state::PeerId;
pub use submission::{Op, Queued, Submission};
pub use submitter::{Submitted, Submitter};
pub use threads::{Live, Threads};

use submission::Work;

/// The way to the core. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Core {
    queue: mpsc::Sender<Queued>,
    reviews: mpsc::Sender<Queued>,
    submitted: Arc<AtomicU64>,
    threads: Arc<Threads>,
}

impl Core {
    /// A core whose queue holds up to `capacity` submissions, and the other end of the queue, for
    /// [`run`].
    ///
    /// # Panics
    ///
    /// Outside a runtime: reviews go through a task of their own.
    #[must_use]
    pub fn new(capacity: usize) -> (Self, mpsc::Receiver<Queued>) {
        let (queue, receiver) = mpsc::channel(capacity);
        let (reviews, waiting) = mpsc::channel(capacity);
        tokio::spawn(delegate::forward(waiting, queue.clone()));
        let core = Self {
            queue,
            reviews,
            submitted: Arc::default(),
            threads: Arc::default(),
        };
        (core, receiver)
    }

    /// A submitter for a connection, and the events of the threads that it subscribes to. The events
    /// end when the submitter is gone.
    #[must_use]
    pub fn connect(&self) -> (Submitter, mpsc::Receiver<Event>) {
        Submitter::new(self.clone())
    }

    /// What is there at this moment.
    #[must_use]
    pub fn live(&self) -> Live {
        self.threads.live()
    }
}

/// Dispatches what is in the queue, until each [`Core`] and each [`Submitter`] is gone and the last
/// turn has ended. Dropped, it stops the turns that are running.
pub async fn run(mut queue: mpsc::Receiver<Queued>, model: impl Responder) {
    let mut turns = JoinSet::new();
    while let Some(Queued { submission, work }) = queue.recv().await {
        match submission.op {
            Op::RealtimeAudio { .. } => dispatch_audio(submission, work, &model, &mut turns),
            _ => dispatch(submission, work, &model, &mut turns),
        }
        // The results of turns that have ended are not wanted, and not kept either.
        while turns.try_join_next().is_some() {}
    }
    while turns.join_next().await.is_some() {}
}

/// Starts what a submission asks for.
#[traced(
    kind = "consumer",
    name = "submission_dispatch",
    otel_name = format_args!("op.dispatch.{}", submission.op.kind()),
    fields(submission.id = submission.id, codex.op = submission.op.kind())
)]
fn dispatch(submission: Submission, work: Work, model: &impl Responder, turns: &mut JoinSet<()>) {
    perform(submission, work, model, turns);
}

/// The same for sound, of which there is too much for a span each.
#[traced(
    level = "debug",
    kind = "consumer",
    name = "submission_dispatch",
    otel_name = format_args!("op.dispatch.{}", submission.op.kind()),
    fields(submission.id = submission.id, codex.op = submission.op.kind())
)]
fn dispatch_audio(
    submission: Submission,
    work: Work,
    model: &impl Responder,
    turns: &mut JoinSet<()>,
) {
    perform(submission, work, model, turns);
}

fn perform(submission: Submission, work: Work, model: &impl Responder, turns: &mut JoinSet<()>) {
    let thread_id = submission.thread_id;
    match submission.op {
        op @ (Op::UserTurn { .. } | Op::Review { .. } | Op::Compact) => {
            work.start_turn(op, model, turns);
        }
        Op::RealtimeStart => work.threads.tell(&Event::RealtimeStarted { thread_id }),
        Op::RealtimeAudio { audio } => realtime::listen(&work.threads, &thread_id, audio),
        Op::RealtimeText { text } => realtime::say(&work.threads, thread_id, text),
        Op::RealtimeStop => realtime::stop(&work.threads, &thread_id),
    }
}
