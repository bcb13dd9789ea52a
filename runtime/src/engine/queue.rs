//! Where ended spans wait: in a chunk of their thread, which goes to the queue when it is full.
//!
//! A thread locks its own chunk, where it meets nobody but the exporter once in a while. Chunks are used
//! again, so that a span costs no allocation. The queue is bounded by spans and by bytes; what does not fit
//! is dropped and counted, and nobody waits for room.

use std::collections::VecDeque;
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tracing::Metadata;

use super::body::{Body, Counts};
use super::clock::Ticks;
use super::config::QueueLimits;
use crate::context::TraceContext;
use crate::ids::SpanId;
use crate::span::Kind;

/// Spans of a chunk: enough that handing one over costs nothing each, few enough to lie around.
const CHUNK_SPANS: usize = 128;
/// Bytes of a chunk, but for the last span.
const CHUNK_BYTES: usize = 16 << 10;
/// Empty chunks that are kept.
const SPARE_CHUNKS: usize = 64;

/// The part of an ended span that every span has.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) metadata: &'static Metadata<'static>,
    pub(crate) kind: Kind,
    pub(crate) context: TraceContext,
    pub(crate) parent: Option<SpanId>,
    pub(crate) parent_is_remote: bool,
    pub(crate) start: Ticks,
    pub(crate) end: Ticks,
}

/// A span that waits, whose items are in the bytes of its chunk.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) head: Head,
    pub(crate) counts: Counts,
    len: usize,
}

/// Ended spans of one thread, in the order of their ends.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    spans: Vec<Waiting>,
    bytes: Vec<u8>,
    thread: Option<Arc<Thread>>,
}

/// The thread that a span ended on.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) number: Option<i64>,
    pub(crate) name: Option<String>,
}

impl Thread {
    pub(crate) fn current() -> Self {
        let thread = std::thread::current();
        // Its digits are all that the standard library shows of the number.
        let number: String = format!("{:?}", thread.id())
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        Self {
            number: number.parse().ok(),
            name: thread.name().map(str::to_owned),
        }
    }
}

impl Chunk {
    /// A chunk of this thread with a single span.
    pub(crate) fn of_one(head: Head, body: &Body) -> Self {
        let mut chunk = Self::default();
        chunk.push(head, body);
        chunk.thread = Some(Arc::new(Thread::current()));
        chunk
    }

    fn push(&mut self, head: Head, body: &Body) {
        self.bytes.extend_from_slice(body.bytes());
        self.spans.push(Waiting {
            head,
            counts: body.counts(),
            len: body.bytes().len(),
        });
    }

    fn is_full(&self) -> bool {
        self.spans.len() >= CHUNK_SPANS || self.bytes.len() >= CHUNK_BYTES
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    fn bytes(&self) -> usize {
        self.bytes.len() + self.spans.len() * size_of::<Waiting>()
    }

    pub(crate) fn thread(&self) -> Option<&Thread> {
        self.thread.as_deref()
    }

    /// The spans with their items.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (&Waiting, &[u8])> {
        let mut rest = self.bytes.as_slice();
        self.spans.iter().map(move |span| {
            let (items, behind) = rest.split_at_checked(span.len).unwrap_or_default();
            rest = behind;
            (span, items)
        })
    }

    /// The same chunk for other spans. One that had to become large gives its room back.
    fn emptied(mut self) -> Self {
        self.spans.clear();
        self.thread = None;
        self.bytes.clear();
        self.bytes.shrink_to(2 * CHUNK_BYTES);
        self
    }
}

/// The chunk of a thread.
#[derive(Debug)]
pub(crate) struct Buffer {
    chunk: Mutex<Chunk>,
    thread: Arc<Thread>,
}

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, Chunk> {
        self.chunk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that waits.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) limits: QueueLimits,
    state: Mutex<State>,
    wake: Condvar,
    /// Those of all threads.
    buffers: Mutex<Vec<Arc<Buffer>>>,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    full: VecDeque<Chunk>,
    spans: usize,
    bytes: usize,
    spare: Vec<Chunk>,
    /// How often somebody asked for everything to be exported.
    flushes: u64,
    closed: bool,
}

/// Why the exporter stopped waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// There is a batch, or it was time.
    Full,
    Due,
    /// All of it is wanted, for the flush of this number.
    Flush(u64),
    /// All of it is wanted, for the last time.
    Closed,
}

impl Queue {
    pub(crate) fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            state: Mutex::default(),
            wake: Condvar::new(),
            buffers: Mutex::default(),
            dropped: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_buffers(&self) -> MutexGuard<'_, Vec<Arc<Buffer>>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A buffer for this thread.
    pub(crate) fn buffer(&self) -> Arc<Buffer> {
        let buffer = Arc::new(Buffer {
            chunk: Mutex::default(),
            thread: Arc::new(Thread::current()),
        });
        self.lock_buffers().push(Arc::clone(&buffer));
        buffer
    }

    /// Keeps an ended span.
    pub(crate) fn push(&self, buffer: &Buffer, head: Head, body: &Body) {
        let mut chunk = buffer.lock();
        chunk.push(head, body);
        if chunk.is_full() {
            let full = mem::take(&mut *chunk);
            // The next span of this thread can come in meanwhile: from a destructor of this one.
            drop(chunk);
            let empty = self.hand_over(full, buffer);
            let mut chunk = buffer.lock();
            if chunk.len() == 0 {
                *chunk = empty;
            }
        }
    }

    /// Puts a chunk into the queue, or drops it, and returns an empty one.
    fn hand_over(&self, mut chunk: Chunk, buffer: &Buffer) -> Chunk {
        chunk.thread = Some(Arc::clone(&buffer.thread));
        let mut state = self.lock();
        let spans = state.spans + chunk.len();
        let bytes = state.bytes + chunk.bytes();
        if state.closed || spans > self.limits.spans || bytes > self.limits.bytes {
            drop(state);
            self.count_dropped(chunk.len());
            return chunk.emptied();
        }
        let was_less = state.spans < self.limits.batch;
        (state.spans, state.bytes) = (spans, bytes);
        state.full.push_back(chunk);
        let empty = state.spare.pop();
        drop(state);
        if was_less && spans >= self.limits.batch {
            self.wake.notify_one();
        }
        empty.unwrap_or_default()
    }

    fn count_dropped(&self, spans: usize) {
        let spans = u64::try_from(spans).unwrap_or(u64::MAX);
        self.dropped.fetch_add(spans, Ordering::Relaxed);
    }

    /// Spans that found no room.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Waits until there is something to do; `seen` is the last flush that was answered.
    pub(crate) fn wait(&self, until: Instant, seen: u64) -> Woken {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Woken::Closed;
            }
            if state.flushes > seen {
                return Woken::Flush(state.flushes);
            }
            if state.spans >= self.limits.batch {
                return Woken::Full;
            }
            let Some(rest) = until.checked_duration_since(Instant::now()) else {
                return Woken::Due;
            };
            (state, _) = self
                .wake
                .wait_timeout(state, rest)
                .unwrap_or_else(PoisonError::into_inner);
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

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        self.sweep();
        self.lock().closed = true;
        self.wake.notify_one();
    }

    /// Puts what the threads have into the queue, and forgets those that ended.
    pub(crate) fn sweep(&self) {
        let mut kept = Vec::new();
        let mut found = Vec::new();
        self.lock_buffers().retain(|buffer| {
            found.push(Arc::clone(buffer));
            // One is here, one in `found`.
            Arc::strong_count(buffer) > 2
        });
        for buffer in found {
            let chunk = mem::take(&mut *buffer.lock());
            if chunk.len() > 0 {
                let empty = self.hand_over(chunk, &buffer);
                kept.push((buffer, empty));
            }
        }
        for (buffer, empty) in kept {
            let mut chunk = buffer.lock();
            if chunk.len() == 0 {
                *chunk = empty;
            }
        }
    }

    /// The oldest chunk.
    pub(crate) fn take(&self) -> Option<Chunk> {
        let mut state = self.lock();
        let chunk = state.full.pop_front()?;
        state.spans -= chunk.len();
        state.bytes -= chunk.bytes();
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
