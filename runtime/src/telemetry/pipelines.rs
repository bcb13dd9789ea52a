//! [`Pipelines`]: what exports the signals of a process, flushed and ended together; and [`Lost`], what did not arrive.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use super::logs::{LogStatistics, Logs};
use super::metrics;
use crate::engine::{Engine, Statistics};

/// What exports each signal, on a thread of its own, so that all of them work at the same time.
#[derive(Debug)]
pub(super) struct Pipelines {
    pub(super) engine: Engine,
    /// Whether spans have an exporter.
    pub(super) exports: bool,
    /// None where no metric is exported.
    pub(super) metrics: Option<metrics::Running>,
    /// None where no log record is exported.
    pub(super) logs: Option<Logs>,
}

impl Pipelines {
    /// What is told of spans: without an exporter none of them counts.
    pub(super) fn statistics(&self) -> Statistics {
        if self.exports {
            self.engine.statistics()
        } else {
            Statistics::default()
        }
    }

    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let until = metrics::after(timeout);
        let metrics = self.metrics.as_ref().map(metrics::Running::begin_flush);
        let logs = self.logs.as_ref().map(|logs| (logs, logs.flush()));
        let spans = self.engine.flush(timeout);
        let logs = logs.is_none_or(|(logs, flush)| logs.flushed(&flush, left(until)));
        let metrics = metrics.is_none_or(|flush| flush.wait(until));
        spans && logs && metrics
    }

    pub(super) fn shutdown(&self, timeout: Duration) -> Result<(), Lost> {
        let until = metrics::after(timeout);
        if let Some(metrics) = &self.metrics {
            metrics.begin_shutdown();
        }
        if let Some(logs) = &self.logs {
            logs.close();
        }
        let mut lost = self.shutdown_spans(timeout);
        if let Some(logs) = &self.logs {
            lost.unfinished |= !logs.ended(left(until)) && !logs.has_ended();
            lost.logs = LostLogs::of(logs);
        }
        let metrics = self.metrics.as_ref();
        lost.metrics = metrics.is_some_and(|metrics| !metrics.wait_for_shutdown(until));
        if lost.is_nothing() { Ok(()) } else { Err(lost) }
    }

    /// Without a failure, and in time.
    pub(super) fn shutdown_metrics(&self, timeout: Duration) -> bool {
        let until = metrics::after(timeout);
        self.metrics.as_ref().is_none_or(|metrics| {
            metrics.begin_shutdown();
            metrics.wait_for_shutdown(until)
        })
    }

    fn shutdown_spans(&self, timeout: Duration) -> Lost {
        // Without a failure, or with one that the numbers tell.
        let unfinished = !self.engine.shutdown(timeout) && !self.engine.has_ended();
        let Statistics {
            dropped, failed, ..
        } = self.statistics();
        Lost {
            dropped,
            failed,
            waiting: self.engine.waiting(),
            unfinished,
            ..Lost::default()
        }
    }
}

/// What is left of the time.
fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// What did not reach the exporters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// Spans that found no room in the queue, or that ended after the shutdown.
    pub dropped: u64,
    /// Spans that the exporter refused.
    pub failed: u64,
    /// Spans that were not exported when the time was over. They may still arrive, as long as the process runs.
    pub waiting: u64,
    /// The same for log records.
    pub logs: LostLogs,
    /// Whether the last metrics were refused, or not exported when the time was over.
    pub metrics: bool,
    /// Whether the time was over before the exporters of spans and log records were done.
    pub unfinished: bool,
}

/// Log records that did not reach the exporters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostLogs {
    /// Records that found no room in the queue, or that came after the shutdown.
    pub dropped: u64,
    /// Records that an exporter refused.
    pub failed: u64,
    /// Records that were not exported when the time was over. They may still arrive, as long as the process runs.
    pub waiting: u64,
}

impl LostLogs {
    fn of(logs: &Logs) -> Self {
        // Before the counts: what is exported in between is then in both, and not in neither.
        let waiting = logs.waiting();
        let LogStatistics {
            dropped, failed, ..
        } = logs.statistics();
        Self {
            dropped,
            failed,
            waiting,
        }
    }
}

impl Lost {
    fn is_nothing(&self) -> bool {
        let Self {
            dropped,
            failed,
            logs,
            metrics,
            unfinished,
            // Nothing waits where the time was enough, or nobody exports.
            waiting: _,
        } = self;
        !unfinished && !metrics && *dropped == 0 && *failed == 0 && *logs == LostLogs::default()
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let logs = &self.logs;
        let rows = [
            ("spans", self.dropped, self.failed, self.waiting),
            ("log records", logs.dropped, logs.failed, logs.waiting),
        ];
        let is_lost =
            |(_, dropped, failed, waiting): &(_, u64, u64, u64)| dropped + failed + waiting > 0;
        let mut separator = "";
        for (items, dropped, failed, waiting) in rows.into_iter().filter(is_lost) {
            write!(
                f,
                "{separator}{items} were lost: {dropped} found no room in the queue or came too late, {failed} the exporter refused"
            )?;
            if self.unfinished {
                write!(f, ", {waiting} still waited when the time was over")?;
            }
            separator = "; ";
        }
        if self.metrics {
            write!(f, "{separator}the last metrics were not exported")?;
        } else if separator.is_empty() {
            f.write_str(
                "nothing was lost that is known of, and the exporters were not done in time",
            )?;
        }
        Ok(())
    }
}

impl Error for Lost {}
