//! Where every engine's spans end: an exporter that keeps what the check needs, and then counts and drops. It
//! can be held, so that spans wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// The exporter, and what it was given.
#[derive(Clone, Debug)]
pub(super) struct Sink(Arc<Exported>);

#[derive(Debug)]
struct Exported {
    kept: Mutex<Option<Vec<SpanData>>>,
    count: AtomicU64,
    gate: Mutex<Gate>,
    moved: Condvar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
    /// An export stands in front of it.
    Waiting,
}

impl Default for Sink {
    fn default() -> Self {
        Self(Arc::new(Exported {
            kept: Mutex::new(Some(Vec::new())),
            count: AtomicU64::new(0),
            gate: Mutex::new(Gate::Open),
            moved: Condvar::new(),
        }))
    }
}

impl Sink {
    fn kept(&self) -> MutexGuard<'_, Option<Vec<SpanData>>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what was exported; from now on spans are counted and dropped.
    pub(super) fn take(&self) -> Vec<SpanData> {
        self.kept().take().unwrap_or_default()
    }

    /// How many spans were exported, from the start.
    pub(super) fn exported(&self) -> u64 {
        self.0.count.load(Ordering::Relaxed)
    }

    /// The next export waits, and what comes behind it.
    pub(super) fn hold(&self) {
        *self.gate() = Gate::Closed;
    }

    /// Returns when an export waits.
    pub(super) fn until_held(&self) {
        let waiting = self
            .0
            .moved
            .wait_while(self.gate(), |gate| *gate != Gate::Waiting);
        drop(waiting);
    }

    /// Lets the exports go on.
    pub(super) fn release(&self) {
        *self.gate() = Gate::Open;
        self.0.moved.notify_all();
    }

    /// Waits where exports are held.
    fn pass(&self) {
        let mut gate = self.gate();
        if *gate == Gate::Open {
            return;
        }
        *gate = Gate::Waiting;
        self.0.moved.notify_all();
        let open = self.0.moved.wait_while(gate, |gate| *gate != Gate::Open);
        drop(open);
    }
}

impl SpanExporter for Sink {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.pass();
        self.0
            .count
            .fetch_add(batch.len() as u64, Ordering::Relaxed);
        if let Some(kept) = self.kept().as_mut() {
            kept.extend(batch);
        }
        Ok(())
    }
}
