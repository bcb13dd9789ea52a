//! A connection's way to the core.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::state::{PeerId, Running};
use super::submission::{Op, Queued, Submission, Work};
use super::threads::Threads;
use super::turn::PendingTurn;
use super::{Core, Refusal};
use crate::protocol::{Event, TurnStatus};

/// Inputs that may wait for a running turn.
const INPUTS: usize = 16;

/// Submits work to the core, on behalf of a connection. When it is dropped, the work ends.
#[derive(Debug)]
pub struct Submitter {
    core: Core,
    peer: PeerId,
    cut: CancellationToken,
    work: TaskTracker,
}

impl Submitter {
    pub(super) fn new(core: Core) -> (Self, mpsc::Receiver<Event>) {
        let cut = CancellationToken::new();
        let (peer, events) = core.threads.connect(cut.clone());
        let work = TaskTracker::new();
        let submitter = Self {
            core,
            peer,
            cut,
            work,
        };
        (submitter, events)
    }

    /// The connection, as the threads know it.
    #[must_use]
    pub const fn peer(&self) -> PeerId {
        self.peer
    }

    /// The threads.
    #[must_use]
    pub const fn threads(&self) -> &Arc<Threads> {
        &self.core.threads
    }

    /// Submits an operation. Waits while the queue is full.
    ///
    /// # Errors
    ///
    /// When there is no such thread, or the core has stopped.
    pub async fn submit(&self, thread_id: &str, op: Op) -> Result<Submitted, Refusal> {
        let number = self.core.submitted.fetch_add(1, Ordering::Relaxed) + 1;
        let submission = Submission::new(format!("turn-{number}"), thread_id.to_owned(), op);
        self.forward(submission).await
    }

    /// Puts a submission into the queue as it is: one that was made elsewhere stays in the trace that
    /// it came with.
    ///
    /// # Errors
    ///
    /// When there is no such thread, or the core has stopped.
    pub async fn forward(&self, submission: Submission) -> Result<Submitted, Refusal> {
        let queue = match submission.op {
            Op::Review { .. } => &self.core.reviews,
            _ => &self.core.queue,
        };
        let place = queue.reserve().await.map_err(|_| Refusal::Stopped)?;
        // Nothing is awaited from here on, so that what is entered is also in the queue.
        let (done, status) = watch::channel(None);
        let submitted = Submitted {
            id: submission.id.clone(),
            status,
        };
        let turn = if submission.op.is_turn() {
            Some(self.enter(&submission, &submitted)?)
        } else {
            None
        };
        let work = Work {
            threads: Arc::clone(self.threads()),
            turn,
            done,
            token: self.work.token(),
        };
        place.send(Queued { submission, work });
        Ok(submitted)
    }

    fn enter(
        &self,
        submission: &Submission,
        submitted: &Submitted,
    ) -> Result<PendingTurn, Refusal> {
        let (inputs, steered) = mpsc::channel(INPUTS);
        // Interrupted from the start where the connection is gone.
        let interrupt = self.cut.child_token();
        let running = Running {
            interrupt: interrupt.clone(),
            inputs,
            submitted: submitted.clone(),
        };
        let threads = self.threads();
        threads.enter(self.peer, &submission.thread_id, running)?;
        let threads = Arc::clone(threads);
        Ok(PendingTurn::new(threads, submission, interrupt, steered))
    }

    /// The future, which belongs to the work of the connection.
    pub fn track<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.work.track_future(work)
    }

    /// Waits until all that was submitted is done. Talks end then, of which nobody hears any more.
    pub async fn finish(&self) {
        self.work.close();
        self.work.wait().await;
        self.threads().hang_up_all(self.peer);
    }

    /// Ends all that was submitted, and waits until it has ended.
    pub async fn cut(&self) {
        self.threads().disconnect(self.peer);
        self.work.close();
        self.work.wait().await;
    }

    /// Resolves when the connection has been cut off, because it did not take its events.
    pub async fn is_cut(&self) {
        self.cut.cancelled().await;
    }
}

impl Drop for Submitter {
    fn drop(&mut self) {
        self.threads().disconnect(self.peer);
    }
}

/// What was submitted.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// Names the submission, and the turn that it starts.
    pub id: String,
    status: watch::Receiver<Option<TurnStatus>>,
}

impl Submitted {
    /// Waits until it is done, and returns how a turn ended.
    pub async fn done(&mut self) -> Option<TurnStatus> {
        let ended = self.status.wait_for(Option::is_some).await;
        ended.ok().and_then(|status| *status)
    }
}
