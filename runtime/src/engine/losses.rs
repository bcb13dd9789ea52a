//! [`Losses`]: the warnings that tell an application which spans it lost, at most once a minute and once at the end.
//!
//! They come from the exporting thread, which has no span, so that the engine's own layer does not record them: a
//! warning makes no span, and a loss cannot feed itself. They go to the global subscriber; where there is none, or
//! where it is set for single threads, [`Engine::statistics`](super::Engine::statistics) has the same numbers.

use std::panic::catch_unwind;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::Shared;

/// How long nothing is said after a warning.
const QUIET: Duration = Duration::from_secs(60);

/// What was told.
#[derive(Debug, Default)]
pub(super) struct Losses {
    at: Option<Instant>,
    dropped: u64,
    failed: u64,
    presumed: bool,
    /// Why the last call of the exporter failed that was not told yet.
    reason: Option<String>,
}

impl Losses {
    /// Remembers why a call failed.
    pub(super) fn reason(&mut self, reason: String) {
        self.reason = Some(reason);
    }

    /// Warns once if ids of callers were taken for random that do not say so, as OpenTelemetry's specification asks.
    pub(super) fn tell_what_was_presumed(&mut self, shared: &Shared) {
        if self.presumed || !shared.sampling.has_presumed() {
            return;
        }
        self.presumed = true;
        let _ = catch_unwind(|| {
            tracing::warn!(
                "the sampler takes trace ids of callers for random that do not say so: let them send the random flag of \
                 W3C Trace Context Level 2, else services may keep different traces"
            );
        });
    }

    /// Warns if there is something new and the last warning was long ago.
    pub(super) fn tell(&mut self, shared: &Shared, now: Instant) {
        if self
            .at
            .is_none_or(|at| now.saturating_duration_since(at) >= QUIET)
            && self.tell_the_rest(shared)
        {
            self.at = Some(now);
        }
    }

    /// Warns if there is something new, and says whether there was.
    pub(super) fn tell_the_rest(&mut self, shared: &Shared) -> bool {
        let all_dropped = shared.queue.dropped();
        let all_failed = shared.progress.failed.load(Ordering::Relaxed);
        let (dropped, failed) = (all_dropped - self.dropped, all_failed - self.failed);
        if dropped == 0 && failed == 0 {
            return false;
        }
        (self.dropped, self.failed) = (all_dropped, all_failed);
        let reason = self.reason.take();
        // A subscriber that panics costs its warning and nothing else.
        let _ = catch_unwind(|| {
            tracing::warn!(
                dropped,
                failed,
                reason,
                "spans were lost: {dropped} found no room in the queue, {failed} the exporter refused"
            );
        });
        true
    }
}
