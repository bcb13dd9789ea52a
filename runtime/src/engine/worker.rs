//! The thread that exports: it takes what waits, makes the data of the SDK of it, and drives the exporter.
//!
//! Nothing that happens here is traced: not the exporter's own requests, and not what a runtime below it does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing::subscriber::NoSubscriber;

use super::Shared;
use super::clock::Calendar;
use super::export;
use super::queue::Woken;

/// What came of the export so far.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    answered: Mutex<Answered>,
    changed: Condvar,
    pub(crate) exported: AtomicU64,
    pub(crate) failed: AtomicU64,
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

    fn flushed(&self) -> u64 {
        self.lock().flushes
    }

    fn tell(&self, f: impl FnOnce(&mut Answered)) {
        f(&mut self.lock());
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
    mut exporter: impl SpanExporter + 'static,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("tracing-relay".to_owned())
        .spawn(move || {
            let _untraced = tracing::subscriber::set_default(NoSubscriber::new());
            let _suppressed = opentelemetry::Context::enter_telemetry_suppressed_scope();
            // Also where the exporter panics, nobody waits for this thread any longer.
            let _ended = Ended(&shared);
            if let Some(resource) = &shared.config.resource {
                exporter.set_resource(resource);
            }
            run(&shared, &exporter);
            let _ = exporter.shutdown();
        })
}

struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.queue.close();
        self.0.close();
        self.0.progress.tell(|answered| answered.ended = true);
    }
}

fn run(shared: &Shared, exporter: &impl SpanExporter) {
    let delay = shared.config.queue.delay;
    let mut due = Instant::now() + delay;
    loop {
        let woken = shared.queue.wait(due, shared.progress.flushed());
        if woken != Woken::Full {
            shared.queue.sweep();
            due = Instant::now() + delay;
        }
        export_waiting(shared, exporter, &Calendar::new());
        match woken {
            Woken::Closed => return,
            Woken::Flush(number) => {
                let _ = exporter.force_flush();
                shared.progress.tell(|answered| answered.flushes = number);
            }
            Woken::Full | Woken::Due => {}
        }
    }
}

fn export_waiting(shared: &Shared, exporter: &impl SpanExporter, calendar: &Calendar) {
    let size = shared.config.queue.batch.max(1);
    let mut batch = Vec::new();
    while let Some(chunk) = shared.queue.take() {
        for span in export::of_chunk(&shared.config, calendar, &chunk) {
            batch.push(span);
            if batch.len() >= size {
                export_batch(shared, exporter, std::mem::take(&mut batch));
            }
        }
        shared.queue.recycle(chunk);
    }
    if !batch.is_empty() {
        export_batch(shared, exporter, batch);
    }
}

fn export_batch(shared: &Shared, exporter: &impl SpanExporter, batch: Vec<SpanData>) {
    let spans = u64::try_from(batch.len()).unwrap_or(u64::MAX);
    let count = match futures_executor::block_on(exporter.export(batch)) {
        Ok(()) => &shared.progress.exported,
        Err(_) => &shared.progress.failed,
    };
    count.fetch_add(spans, Ordering::Relaxed);
}
