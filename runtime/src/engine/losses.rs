//! [`Losses`]: the warnings that tell an application what it lost, at most once a minute and once at the end.
//!
//! They come from an exporting thread, which has no span, so that the engine's own layer does not record them: a
//! warning makes no span, and a loss cannot feed itself. They go to the global subscriber; where there is none, or
//! where it is set for single threads, [`Engine::statistics`](super::Engine::statistics) and its like have the same numbers.

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use super::Shared;

/// How long nothing is said after a warning.
const QUIET: Duration = Duration::from_secs(60);

/// What was lost since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) dropped: u64,
    pub(crate) failed: u64,
}

/// What was told.
#[derive(Debug)]
pub(crate) struct Losses {
    /// Writes the warning.
    warn: Warn,
    at: Option<Instant>,
    told: Lost,
    /// Why the last call of the exporter failed that was not told yet.
    reason: Option<String>,
}

/// Says what was lost since the last time, and why an exporter failed.
type Warn = fn(Lost, Option<&str>);

impl Losses {
    pub(crate) const fn new(warn: Warn) -> Self {
        Self {
            warn,
            at: None,
            told: Lost {
                dropped: 0,
                failed: 0,
            },
            reason: None,
        }
    }

    /// Remembers why a call failed.
    pub(crate) fn reason(&mut self, reason: String) {
        self.reason = Some(reason);
    }

    /// Warns if there is something new and the last warning was long ago.
    pub(crate) fn tell(&mut self, lost: Lost, now: Instant) {
        if self
            .at
            .is_none_or(|at| now.saturating_duration_since(at) >= QUIET)
            && self.tell_the_rest(lost)
        {
            self.at = Some(now);
        }
    }

    /// Warns if there is something new, and says whether there was.
    pub(crate) fn tell_the_rest(&mut self, lost: Lost) -> bool {
        if lost == self.told {
            return false;
        }
        let new = Lost {
            dropped: lost.dropped - self.told.dropped,
            failed: lost.failed - self.told.failed,
        };
        self.told = lost;
        let (warn, reason) = (self.warn, self.reason.take());
        // A subscriber that panics costs its warning and nothing else.
        let _ = catch_unwind(|| warn(new, reason.as_deref()));
        true
    }
}

/// The warning about spans.
pub(super) fn warn_of_spans(lost: Lost, reason: Option<&str>) {
    let Lost { dropped, failed } = lost;
    tracing::warn!(
        dropped,
        failed,
        reason,
        "spans were lost: {dropped} found no room in the queue, {failed} the exporter refused"
    );
}

/// Whether it was told what a sampler presumes.
#[derive(Debug, Default)]
pub(super) struct Presumed(bool);

impl Presumed {
    /// Warns once if ids of callers were taken for random that do not say so, as OpenTelemetry's specification asks.
    pub(super) fn tell(&mut self, shared: &Shared) {
        if self.0 || !shared.sampling.has_presumed() {
            return;
        }
        self.0 = true;
        let _ = catch_unwind(|| {
            tracing::warn!(
                "the sampler takes trace ids of callers for random that do not say so: let them send the random flag of \
                 W3C Trace Context Level 2, else services may keep different traces"
            );
        });
    }
}
