//! [`Trial`]: whether what has ended now can be exported, and why not.

use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Shared;

/// What came of it.
#[derive(Debug)]
pub(crate) enum Trial {
    Delivered(Duration),
    /// What the exporter said last.
    Failed(String),
    /// The exporter did not answer in time.
    Unanswered,
    /// There was no room.
    Dropped,
    NoExporter,
}

/// What was lost until a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    failures: u64,
    dropped: u64,
}

impl Shared {
    /// For [`try_delivery`](Self::try_delivery) of the spans that end from now on.
    pub(crate) fn before(&self) -> Before {
        Before {
            failures: self.progress.failures.load(Ordering::Relaxed),
            dropped: self.queue.dropped(),
        }
    }

    /// Exports what has ended until now. Blocks this thread.
    pub(crate) fn try_delivery(&self, before: Before, timeout: Duration) -> Trial {
        let progress = &self.progress;
        if progress.wait(None, Duration::ZERO) {
            return Trial::NoExporter;
        }
        let start = Instant::now();
        let number = self.queue.request_flush();
        let is_answered = progress.wait(Some(number), timeout);
        let Before { failures, dropped } = self.before();
        if failures != before.failures {
            return Trial::Failed(progress.last_failure());
        }
        if !is_answered {
            return Trial::Unanswered;
        }
        if dropped != before.dropped {
            return Trial::Dropped;
        }
        Trial::Delivered(start.elapsed())
    }
}

impl super::worker::Progress {
    /// Why the last call of the exporter failed that did.
    pub(crate) fn last_failure(&self) -> String {
        self.lock_last_failure().clone()
    }

    pub(super) fn lock_last_failure(&self) -> MutexGuard<'_, String> {
        let last = self.last_failure.lock();
        last.unwrap_or_else(PoisonError::into_inner)
    }
}
