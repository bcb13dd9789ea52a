//! Where ended spans wait: in a chunk of their thread, which goes to the queue when it is full.
//!
//! A thread locks its own [`Buffer`], where it meets nobody but the exporting thread once in a while; what all
//! threads share is locked once a chunk. Chunks are used again, so that a span costs no allocation. The queue is
//! bounded by spans and by bytes; what does not fit is dropped and counted, and nobody waits for room.
//!
//! A full chunk changes hands under the lock of its buffer, so that a span that has ended is always in a buffer or
//! in the queue, where [`Queue::sweep`] and then [`Queue::take`] find it. The queue may be locked
//! while a buffer is, never the other way round; the list of the buffers is locked alone.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::body::Body;
use super::chunk::{Chunk, Head, Thread};
use super::config::QueueLimits;

/// Spans of a chunk: enough that handing one over costs nothing each, few enough to lie around.
const CHUNK_SPANS: usize = 128;
/// Bytes of a chunk, but for the last span.
const CHUNK_BYTES: usize = 48 << 10;
/// Empty chunks that are kept.
const SPARE_CHUNKS: usize = 64;
/// Bytes of waiting spans that go to the exporter together at most: collectors refuse requests of some MiB.
const BATCH_BYTES: usize = 2 << 20;

/// Where the spans of a thread wait. On cache lines of its own, because another thread writes to what is beside it.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Buffer {
    open: Mutex<Open>,
    thread: Arc<Thread>,
}

#[derive(Debug)]
struct Open {
    /// Without any room after a sweep, and before the first span.
    chunk: Chunk,
    /// Whether the last sweep is over.
    closed: bool,
}

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that waits.
#[derive(Debug)]
pub(crate) struct Queue {
    limits: QueueLimits,
    /// Spans and bytes of a full chunk.
    chunk: (usize, usize),
    /// Spans and bytes of a batch.
    batch: (usize, usize),
    state: Mutex<State>,
    wake: Condvar,
    buffers: Mutex<Buffers>,
    dropped: AtomicU64,
}

/// Those of all threads that live.
#[derive(Debug, Default)]
struct Buffers {
    list: Vec<Arc<Buffer>>,
    closed: bool,
}

#[derive(Debug, Default)]
struct State {
    full: VecDeque<Chunk>,
    spans: usize,
    bytes: usize,
    spare: Vec<Chunk>,
    /// Whether a buffer got a chunk since the last sweep, or handed one over: else nothing waits.
    touched: bool,
    sleeps: Sleeps,
    /// How often somebody asked for everything to be exported.
    flushes: u64,
    closing: bool,
    closed: bool,
}

/// What wakes the exporting thread, besides a flush, the end, and the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sleeps {
    /// It is awake.
    #[default]
    No,
    UntilBatch,
    UntilSpan,
}

/// Why the exporting thread stopped waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There is a batch.
    Full,
    /// It was time for what waits.
    Due,
    /// All of it is wanted, for the flush of this number.
    Flush(u64),
    /// All of it is wanted, for the last time.
    Closed,
}

impl Queue {
    pub(crate) fn new(limits: QueueLimits) -> Self {
        let batch = limits.batch.min(limits.spans).max(1);
        // So that a few of them always fit.
        let bytes = (limits.bytes / 8).max(1);
        Self {
            limits,
            chunk: (batch.min(CHUNK_SPANS), bytes.min(CHUNK_BYTES)),
            batch: (batch, bytes.min(BATCH_BYTES)),
            state: Mutex::default(),
            wake: Condvar::new(),
            buffers: Mutex::default(),
            dropped: AtomicU64::new(0),
        }
    }

    /// Spans and bytes of one call of the exporter.
    pub(crate) const fn batch(&self) -> (usize, usize) {
        self.batch
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_buffers(&self) -> MutexGuard<'_, Buffers> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A buffer for this thread, to be [left](Self::leave).
    pub(crate) fn buffer(&self) -> Arc<Buffer> {
        let thread = Arc::new(Thread::current());
        let mut buffers = self.lock_buffers();
        let buffer = Arc::new(Buffer {
            open: Mutex::new(Open {
                chunk: Chunk::default(),
                closed: buffers.closed,
            }),
            thread,
        });
        if !buffers.closed {
            buffers.list.push(Arc::clone(&buffer));
        }
        buffer
    }

    /// Takes what is in the buffer of a thread that ends, and forgets it.
    pub(crate) fn leave(&self, buffer: &Arc<Buffer>) {
        let mut open = buffer.lock();
        open.closed = true;
        let chunk = mem::take(&mut open.chunk);
        if chunk.len() > 0 {
            self.hand_over(chunk, buffer);
        }
        drop(open);
        let list = &mut self.lock_buffers().list;
        if let Some(place) = list.iter().position(|other| Arc::ptr_eq(other, buffer)) {
            list.swap_remove(place);
        }
    }

    /// Keeps an ended span.
    pub(crate) fn push(&self, buffer: &Buffer, head: Head, body: &Body) {
        let (spans, bytes) = self.chunk;
        let len = body.bytes().len();
        let mut open = buffer.lock();
        if open.closed || len > self.limits.bytes {
            return self.count_dropped(1);
        }
        if len > bytes {
            // Alone, so that it takes no other with it if there is no room.
            let mut chunk = Chunk::default();
            chunk.push(head, body);
            return self.hand_over(chunk, buffer);
        }
        if open.chunk.size() == 0 {
            open.chunk = self.room();
        }
        open.chunk.push(head, body);
        if open.chunk.len() >= spans || open.chunk.used() >= bytes {
            let full = mem::take(&mut open.chunk);
            self.hand_over(full, buffer);
        }
    }

    /// An empty chunk for a buffer without one, of which the exporting thread has to know from now on.
    fn room(&self) -> Chunk {
        let mut state = self.lock();
        state.touched = true;
        let wakes = state.sleeps == Sleeps::UntilSpan;
        if wakes {
            state.sleeps = Sleeps::No;
        }
        let chunk = state.spare.pop();
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
        chunk.unwrap_or_default()
    }

    /// Puts a chunk into the queue, or drops it. The buffer is locked.
    fn hand_over(&self, mut chunk: Chunk, buffer: &Buffer) {
        chunk.thread = Some(Arc::clone(&buffer.thread));
        let mut state = self.lock();
        let spans = state.spans.saturating_add(chunk.len());
        let bytes = state.bytes.saturating_add(chunk.size());
        if state.closed || spans > self.limits.spans || bytes > self.limits.bytes {
            drop(state);
            self.drop_chunk(chunk);
            return;
        }
        (state.spans, state.bytes) = (spans, bytes);
        state.touched = true;
        state.full.push_back(chunk);
        let wakes = match state.sleeps {
            Sleeps::No => false,
            Sleeps::UntilBatch => state.is_batch(self.batch),
            Sleeps::UntilSpan => true,
        };
        if wakes {
            state.sleeps = Sleeps::No;
        }
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
    }

    /// Counts the spans of a chunk as dropped, and keeps its room.
    pub(crate) fn drop_chunk(&self, chunk: Chunk) {
        self.count_dropped(chunk.len());
        self.recycle(chunk);
    }

    fn count_dropped(&self, spans: usize) {
        let spans = u64::try_from(spans).unwrap_or(u64::MAX);
        self.dropped.fetch_add(spans, Ordering::Relaxed);
    }

    /// Spans that found no room, or came too late.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until there is something to do; `seen` is the last flush that was answered.
    ///
    /// Where `due` is `None`, nothing waits in a buffer: the first span sets it, and until then nobody wakes up.
    pub(crate) fn wait(&self, seen: u64, due: &mut Option<Instant>) -> Woken {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if due.is_none() && state.touched {
                // A delay that never ends leaves it at that.
                *due = now.checked_add(self.limits.delay);
            }
            let woken = if state.closing {
                Some(Woken::Closed)
            } else if state.flushes > seen {
                Some(Woken::Flush(state.flushes))
            } else if due.is_some_and(|due| due <= now) {
                Some(Woken::Due)
            } else if state.is_batch(self.batch) {
                Some(Woken::Full)
            } else {
                None
            };
            if let Some(woken) = woken {
                state.sleeps = Sleeps::No;
                return woken;
            }
            state.sleeps = if state.touched || due.is_some() {
                Sleeps::UntilBatch
            } else {
                Sleeps::UntilSpan
            };
            state = match *due {
                Some(due) => {
                    let rest = due.saturating_duration_since(now);
                    let waited = self.wake.wait_timeout(state, rest);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Asks for everything to be exported; the number is that of [`Woken::Flush`].
    pub(crate) fn request_flush(&self) -> u64 {
        let mut state = self.lock();
        state.flushes += 1;
        let number = state.flushes;
        drop(state);
        self.wake.notify_one();
        number
    }

    /// Asks for everything to be exported, for the last time.
    pub(crate) fn request_close(&self) {
        self.lock().closing = true;
        self.wake.notify_one();
    }

    /// Takes what the threads have. What ended before is returned, or is in the queue.
    pub(crate) fn sweep(&self) -> Vec<Chunk> {
        // Whoever gets a chunk from now on is for the next sweep.
        self.lock().touched = false;
        let found = self.lock_buffers().list.clone();
        self.take_from(&found, false)
    }

    /// The same for the last time: from now on each span is dropped.
    pub(crate) fn close(&self) -> Vec<Chunk> {
        let mut buffers = self.lock_buffers();
        buffers.closed = true;
        let found = mem::take(&mut buffers.list);
        drop(buffers);
        let taken = self.take_from(&found, true);
        let mut state = self.lock();
        (state.closed, state.touched) = (true, false);
        taken
    }

    fn take_from(&self, buffers: &[Arc<Buffer>], closes: bool) -> Vec<Chunk> {
        let mut taken = Vec::new();
        for buffer in buffers {
            let mut open = buffer.lock();
            open.closed |= closes;
            let mut chunk = mem::take(&mut open.chunk);
            drop(open);
            if chunk.len() > 0 {
                chunk.thread = Some(Arc::clone(&buffer.thread));
                taken.push(chunk);
            } else if chunk.size() > 0 {
                self.recycle(chunk);
            }
        }
        taken
    }

    /// How many chunks there are to [take](Self::take).
    pub(crate) fn len(&self) -> usize {
        self.lock().full.len()
    }

    /// The oldest chunk.
    pub(crate) fn take(&self) -> Option<Chunk> {
        let mut state = self.lock();
        let chunk = state.full.pop_front()?;
        state.spans -= chunk.len();
        state.bytes -= chunk.size();
        Some(chunk)
    }

    /// Gives a chunk back.
    pub(crate) fn recycle(&self, chunk: Chunk) {
        let chunk = chunk.emptied();
        let mut state = self.lock();
        if state.spare.len() < SPARE_CHUNKS {
            state.spare.push(chunk);
        }
    }
}

impl State {
    fn is_batch(&self, (spans, bytes): (usize, usize)) -> bool {
        self.spans >= spans || self.bytes >= bytes
    }
}
