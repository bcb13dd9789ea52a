//! Where log records wait: one queue for all threads, bounded by records and by bytes. What does not fit is dropped and
//! counted, and nobody waits for room.
//!
//! Records are counted from the first on. So a flush is a number: that of the records which were there when it was asked for,
//! and it is answered when as many are done.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::record::Record;
use super::settings::LogQueueLimits;

/// Bytes of waiting records that go to the exporter together at most: collectors refuse requests of more than 4 MiB.
const BATCH_BYTES: usize = 1 << 20;

/// What was done with log records so far, counted in records. One that was logged is in one of the three in the end; until
/// then it waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogStatistics {
    /// Records that the exporters took.
    pub exported: u64,
    /// Records that found no room in the queue, or that came after the shutdown.
    pub dropped: u64,
    /// Records of batches for which an exporter gave an error, or panicked.
    pub failed: u64,
}

impl LogStatistics {
    const fn done(&self) -> u64 {
        self.exported + self.failed
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    limits: LogQueueLimits,
    state: Mutex<State>,
    /// There is something to do for the exporting thread.
    wake: Condvar,
    /// Something is done.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    records: VecDeque<(Record, usize)>,
    bytes: usize,
    /// Records that were accepted since the beginning.
    accepted: u64,
    counts: LogStatistics,
    /// The first so many records are wanted, whether or not they are a batch.
    wanted: u64,
    /// When all that waits is wanted.
    due: Option<Instant>,
    closing: bool,
    ended: bool,
}

impl State {
    fn taken(&self) -> u64 {
        // At most as many as were accepted.
        self.accepted - self.records.len() as u64
    }

    /// Whether the exporting thread has to take something.
    fn is_wanted(&self, limits: &LogQueueLimits) -> bool {
        self.taken() < self.wanted
            || self.records.len() >= limits.batch
            || self.bytes >= limits.batch_bytes()
    }

    /// Wants all that waits, if it was there for long enough.
    fn look_at(&mut self, now: Instant) {
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            self.wanted = self.accepted;
        }
    }
}

impl LogQueueLimits {
    /// So that a few batches always fit.
    fn batch_bytes(&self) -> usize {
        BATCH_BYTES.min(self.bytes / 8)
    }
}

impl Queue {
    pub(super) fn new(mut limits: LogQueueLimits) -> Self {
        limits.batch = limits.batch.min(limits.records).max(1);
        Self {
            limits,
            state: Mutex::default(),
            wake: Condvar::new(),
            changed: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a record, or drops it. Never waits for the exporter.
    pub(super) fn push(&self, record: Record) {
        let (limits, size) = (&self.limits, record.size());
        let mut state = self.lock();
        let bytes = state.bytes.saturating_add(size);
        if state.closing || state.records.len() >= limits.records || bytes > limits.bytes {
            state.counts.dropped += 1;
            return;
        }
        state.bytes = bytes;
        state.records.push_back((record, size));
        state.accepted += 1;
        let is_first = state.due.is_none();
        if is_first {
            // A delay that never ends leaves it at that.
            state.due = Instant::now().checked_add(limits.delay);
        }
        // Once for a batch, and not for each record that comes while it is taken.
        let wakes = is_first
            || state.records.len() == limits.batch
            || (state.bytes - size < limits.batch_bytes() && state.is_wanted(limits));
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
    }

    /// Waits for a batch, or for the time of what is less; `None` at the end.
    pub(super) fn take(&self) -> Option<Vec<Record>> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            state.look_at(now);
            if state.is_wanted(&self.limits) && !state.records.is_empty() {
                return Some(self.take_from(&mut state));
            }
            if state.closing {
                return None;
            }
            state = if let Some(due) = state.due {
                let rest = due.saturating_duration_since(now);
                let waited = self.wake.wait_timeout(state, rest);
                waited.unwrap_or_else(PoisonError::into_inner).0
            } else {
                let waited = self.wake.wait(state);
                waited.unwrap_or_else(PoisonError::into_inner)
            };
        }
    }

    /// A batch, of at least one record.
    fn take_from(&self, state: &mut State) -> Vec<Record> {
        let mut batch = Vec::with_capacity(state.records.len().min(self.limits.batch));
        let mut bytes = 0;
        while batch.len() < self.limits.batch
            && let Some((_, size)) = state.records.front()
            && (batch.is_empty() || bytes + size <= self.limits.batch_bytes())
            && let Some((record, size)) = state.records.pop_front()
        {
            bytes += size;
            batch.push(record);
        }
        state.bytes -= bytes;
        batch
    }

    /// A batch of so many is done with.
    pub(super) fn count(&self, records: usize, exported: bool) {
        let records = u64::try_from(records).unwrap_or(u64::MAX);
        let mut state = self.lock();
        if exported {
            state.counts.exported += records;
        } else {
            state.counts.failed += records;
        }
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn statistics(&self) -> LogStatistics {
        self.lock().counts
    }

    /// Records that are in none of the counts yet.
    pub(super) fn waiting(&self) -> u64 {
        let state = self.lock();
        state.accepted - state.counts.done()
    }

    /// Asks for all that is there to be exported, and returns the number of the last.
    pub(super) fn request_flush(&self) -> u64 {
        let mut state = self.lock();
        state.wanted = state.accepted;
        self.wake.notify_one();
        state.accepted
    }

    /// Asks for everything to be exported, for the last time: from now on each record is dropped.
    pub(super) fn request_close(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.wanted = state.accepted;
        self.wake.notify_one();
    }

    /// Nobody exports any longer. What is left is dropped.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        let left = std::mem::take(&mut state.records);
        // They are counted as what they are, and not as waiting.
        state.accepted -= left.len() as u64;
        state.counts.dropped += left.len() as u64;
        (state.bytes, state.closing, state.ended) = (0, true, true);
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// Waits until the records up to this number are done, or until the end where there is no number; `false` when the time
    /// is over.
    pub(super) fn wait(&self, number: Option<u64>, timeout: Duration) -> bool {
        let is_done = |state: &State| {
            state.ended || number.is_some_and(|number| state.counts.done() >= number)
        };
        let (state, _) = self
            .changed
            .wait_timeout_while(self.lock(), timeout, |state| !is_done(state))
            .unwrap_or_else(PoisonError::into_inner);
        is_done(&state)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use opentelemetry::InstrumentationScope;
    use opentelemetry::logs::{LogRecord as _, Logger as _};

    use super::super::processor::blank;
    use super::*;

    fn record(text: &str) -> Record {
        let mut log = blank().create_log_record();
        log.set_body(text.to_owned().into());
        Record {
            log,
            instrumentation: InstrumentationScope::default(),
            dropped_attributes: 0,
        }
    }

    fn queue(set: impl FnOnce(&mut LogQueueLimits)) -> Queue {
        let mut limits = LogQueueLimits {
            delay: Duration::MAX,
            ..LogQueueLimits::default()
        };
        set(&mut limits);
        Queue::new(limits)
    }

    /// Exports what there is, as the exporting thread does.
    fn export(queue: &Queue) -> usize {
        let batch = queue.take().expect("there is a batch");
        queue.count(batch.len(), true);
        batch.len()
    }

    #[test]
    fn what_waits_is_bounded_and_each_record_is_in_one_count() {
        let queue = queue(|limits| limits.bytes = 1 << 20);
        for _ in 0..10_000 {
            queue.push(record("a text of some length"));
        }
        let state = queue.lock();
        assert!(state.bytes <= 1 << 20 && state.bytes > 900 << 10);
        let records = u64::try_from(state.records.len()).expect("it is small");
        assert_eq!(state.accepted + state.counts.dropped, 10_000);
        assert_eq!(state.accepted, records);
        drop(state);
        queue.request_close();
        while let Some(batch) = queue.take() {
            queue.count(batch.len(), true);
        }
        assert_eq!(queue.waiting(), 0);
        assert_eq!(queue.lock().bytes, 0);
        let counts = queue.statistics();
        assert_eq!((counts.exported, counts.failed), (records, 0));
    }

    #[test]
    fn a_batch_is_bounded_by_bytes_and_a_large_record_goes_alone() {
        let queue = queue(|limits| limits.bytes = 8 << 10);
        queue.push(record("small"));
        queue.push(record(&"x".repeat(2 << 10)));
        queue.push(record("small"));
        queue.request_flush();
        assert_eq!([(); 3].map(|()| export(&queue)), [1, 1, 1]);
    }

    #[test]
    fn a_flush_ends_although_others_go_on_logging() {
        let queue = queue(|limits| limits.batch = 2);
        queue.push(record("before"));
        let number = queue.request_flush();
        for _ in 0..5 {
            queue.push(record("later"));
        }
        assert!(!queue.wait(Some(number), Duration::ZERO));
        export(&queue);
        assert!(queue.wait(Some(number), Duration::ZERO));
        assert_eq!(queue.waiting(), 4);
    }

    #[test]
    fn the_first_record_wakes_a_thread_that_sleeps_for_ever() {
        let queue = queue(|limits| limits.delay = Duration::ZERO);
        thread::scope(|scope| {
            let sleeper = scope.spawn(|| export(&queue));
            queue.push(record("first"));
            assert_eq!(sleeper.join().ok(), Some(1));
        });
    }

    #[test]
    fn what_is_left_when_nobody_exports_any_longer_is_dropped() {
        let queue = queue(|_| {});
        queue.push(record("left"));
        queue.end();
        queue.push(record("late"));
        assert!(queue.has_ended() && queue.wait(None, Duration::ZERO));
        assert_eq!((queue.statistics().dropped, queue.waiting()), (2, 0));
        assert!(queue.take().is_none());
    }
}
