//! The thread that exports: it takes what waits, makes the data of the SDK of it, and drives the exporter.
//!
//! What the exporter does on this thread is not traced: it has no subscriber there, and OpenTelemetry's telemetry is
//! suppressed. A panic of the exporter is a failed call, and the next batch is tried all the same.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing::{Dispatch, dispatcher};

use super::Shared;
use super::chunk::Chunk;
use super::export::Translator;
use super::losses::{Losses, Lost, Presumed, warn_of_spans};
use super::queue::Woken;

/// Spans for which a batch has room from its start.
const ROOM: usize = 1 << 10;

/// What came of the export so far.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    answered: Mutex<Answered>,
    changed: Condvar,
    pub(crate) exported: AtomicU64,
    pub(crate) failed: AtomicU64,
    /// Calls of the exporter that failed.
    pub(crate) failures: AtomicU64,
    /// What the exporter said when it failed the last time.
    pub(super) last_failure: Mutex<String>,
    /// Spans that were taken from where they waited, and are in none of the counts yet.
    in_hand: AtomicU64,
}

#[derive(Debug, Default)]
struct Answered {
    flushes: u64,
    ended: bool,
}

impl Progress {
    fn lock(&self) -> MutexGuard<'_, Answered> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The exporting thread has these spans now.
    fn take(&self, spans: usize) {
        let spans = u64::try_from(spans).unwrap_or(u64::MAX);
        self.in_hand.fetch_add(spans, Ordering::Relaxed);
    }

    /// It has exported a batch, or failed to.
    fn count(&self, spans: usize, exported: bool) {
        let spans = u64::try_from(spans).unwrap_or(u64::MAX);
        let count = if exported {
            &self.exported
        } else {
            &self.failed
        };
        count.fetch_add(spans, Ordering::Relaxed);
        self.in_hand.fetch_sub(spans, Ordering::Relaxed);
    }

    #[cfg(feature = "telemetry")]
    pub(crate) fn in_hand(&self) -> u64 {
        self.in_hand.load(Ordering::Relaxed)
    }

    fn answer(&self, flush: u64) {
        self.lock().flushes = flush;
        self.changed.notify_all();
    }

    /// Nobody waits any longer.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Waits for a flush, or for the end where there is no number; `false` when the time is over.
    pub(crate) fn wait(&self, flush: Option<u64>, timeout: Duration) -> bool {
        let (answered, _) = self
            .changed
            .wait_timeout_while(self.lock(), timeout, |answered| {
                !answered.ended && flush.is_none_or(|flush| answered.flushes < flush)
            })
            .unwrap_or_else(PoisonError::into_inner);
        answered.ended || flush.is_some_and(|flush| answered.flushes >= flush)
    }
}

/// Starts the thread.
pub(crate) fn start(
    shared: Arc<Shared>,
    exporter: impl SpanExporter + 'static,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("tracing-relay".to_owned())
        .spawn(move || {
            let _suppressed = opentelemetry::Context::enter_telemetry_suppressed_scope();
            // Whatever happens, nobody waits for this thread any longer than it runs.
            let _ended = Ended(&shared);
            Worker::new(&shared, exporter).run();
        })
}

struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let queue = &self.0.queue;
        self.0.close();
        // Empty, unless this thread panicked.
        for chunk in queue.close() {
            queue.drop_chunk(chunk);
        }
        while let Some(chunk) = queue.take() {
            queue.drop_chunk(chunk);
        }
        self.0.progress.end();
    }
}

struct Worker<'a, E> {
    shared: &'a Shared,
    exporter: E,
    /// What is current while the exporter runs. Not one that is registered: that would make every callsite of
    /// the process ask each time.
    nobody: Dispatch,
    translator: Translator<'a>,
    batch: Vec<SpanData>,
    /// Those of the spans in `batch`, where they waited.
    bytes: usize,
    losses: Losses,
    presumed: Presumed,
}

impl<'a, E: SpanExporter> Worker<'a, E> {
    fn new(shared: &'a Shared, exporter: E) -> Self {
        Self {
            shared,
            exporter,
            nobody: Dispatch::none(),
            translator: Translator::new(&shared.config),
            batch: Vec::new(),
            bytes: 0,
            losses: Losses::new(warn_of_spans),
            presumed: Presumed::default(),
        }
    }

    fn run(mut self) {
        if let Some(resource) = &self.shared.config.resource {
            self.call(|exporter| {
                exporter.set_resource(resource);
                Ok(())
            });
        }
        let queue = &self.shared.queue;
        let mut due = None;
        let mut seen = 0;
        loop {
            let woken = queue.wait(seen, &mut due);
            self.translator.refresh();
            match woken {
                Woken::Full => self.export_a_batch(),
                Woken::Due => due = self.export_all(queue.sweep()),
                Woken::Flush(number) => {
                    due = self.export_all(queue.sweep());
                    self.call(|exporter| exporter.force_flush());
                    seen = number;
                    self.shared.progress.answer(number);
                }
                Woken::Closed => {
                    self.export_all(queue.close());
                    break;
                }
            }
            self.losses.tell(self.lost(), Instant::now());
            self.presumed.tell(self.shared);
        }
        self.call(|exporter| exporter.shutdown());
        self.losses.tell_the_rest(self.lost());
        self.presumed.tell(self.shared);
        let (exporter, nobody) = (self.exporter, self.nobody);
        // Its panic was told by the hook, and nothing depends on it.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            dispatcher::with_default(&nobody, || drop(exporter));
        }));
    }

    fn lost(&self) -> Lost {
        Lost {
            dropped: self.shared.queue.dropped(),
            failed: self.shared.progress.failed.load(Ordering::Relaxed),
        }
    }

    /// Takes from the queue until a batch is full.
    fn export_a_batch(&mut self) {
        let queue = &self.shared.queue;
        let mut exported = false;
        while !exported && let Some(chunk) = queue.take() {
            self.shared.progress.take(chunk.len());
            exported = self.add(chunk);
        }
    }

    /// Exports what is in the queue now and what was swept, and says when the next sweep is due: not at all where
    /// there was nothing.
    fn export_all(&mut self, swept: Vec<Chunk>) -> Option<Instant> {
        let queue = &self.shared.queue;
        let mut found = !self.batch.is_empty() || !swept.is_empty();
        let progress = &self.shared.progress;
        progress.take(swept.iter().map(Chunk::len).sum());
        // Not what comes in meanwhile: else this would never end under load.
        for _ in 0..queue.len() {
            if let Some(chunk) = queue.take() {
                progress.take(chunk.len());
                self.add(chunk);
                found = true;
            }
        }
        for chunk in swept {
            self.add(chunk);
        }
        self.export();
        found
            .then(|| Instant::now().checked_add(self.shared.config.queue.delay))
            .flatten()
    }

    /// Adds the spans of a chunk to the batch, and says whether it was exported on the way.
    fn add(&mut self, chunk: Chunk) -> bool {
        let (spans, bytes) = self.shared.queue.batch();
        let mut exported = false;
        for (span, items) in chunk.spans() {
            if self.bytes + span.size() > bytes {
                exported |= self.export();
            }
            self.batch
                .push(self.translator.span(chunk.thread.as_deref(), span, items));
            self.bytes += span.size();
            if self.batch.len() >= spans {
                exported |= self.export();
            }
        }
        self.shared.queue.recycle(chunk);
        exported
    }

    /// Exports the batch, and says whether there was one.
    fn export(&mut self) -> bool {
        self.bytes = 0;
        let len = self.batch.len();
        if len == 0 {
            return false;
        }
        let room = Vec::with_capacity(self.shared.queue.batch().0.min(ROOM));
        let batch = mem::replace(&mut self.batch, room);
        let done = self.call(|exporter| futures_executor::block_on(exporter.export(batch)));
        self.shared.progress.count(len, done);
        true
    }

    /// Lets the exporter do something, and says whether it did.
    fn call(&mut self, f: impl FnOnce(&mut E) -> OTelSdkResult) -> bool {
        let Self {
            exporter, nobody, ..
        } = self;
        let call = || dispatcher::with_default(nobody, || f(exporter));
        let reason = match catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => error.to_string(),
            Err(panic) => format!("the exporter panicked: {}", crate::doctor::text_of(&*panic)),
        };
        reason.clone_into(&mut self.shared.progress.lock_last_failure());
        self.losses.reason(reason);
        self.shared
            .progress
            .failures
            .fetch_add(1, Ordering::Relaxed);
        false
    }
}
