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
/// Bytes of waiting spans that go to the exporter together at most: collectors refuse requests of
/// more than 4 MiB, and there spans with many small values are three times as large.
const BATCH_BYTES: usize = 1 << 20;

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

    /// How many spans wait now, in the buffers of all threads and in the queue.
    #[cfg(feature = "telemetry")]
    pub(crate) fn waiting(&self) -> usize {
        let buffers = self.lock_buffers().list.clone();
        let in_buffers: usize = buffers.iter().map(|buffer| buffer.lock().chunk.len()).sum();
        in_buffers + self.lock().spans
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

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use tracing::callsite::{Callsite, Identifier};
    use tracing::field::FieldSet;
    use tracing::metadata::Kind as MetadataKind;
    use tracing::subscriber::Interest;
    use tracing::{Level, Metadata};

    use super::super::clock::Ticks;
    use super::*;
    use crate::context::TraceContext;
    use crate::ids::{SpanId, TraceFlags, TraceId};
    use crate::span::Kind;

    struct Site;

    impl Callsite for Site {
        fn set_interest(&self, _: Interest) {}

        fn metadata(&self) -> &Metadata<'_> {
            &METADATA
        }
    }

    static SITE: Site = Site;
    static METADATA: Metadata<'static> = Metadata::new(
        "step",
        "target",
        Level::INFO,
        None,
        None,
        None,
        FieldSet::new(&[], Identifier(&SITE)),
        MetadataKind::SPAN,
    );

    fn push(queue: &Queue, buffer: &Buffer) {
        let context = TraceContext::new(
            TraceId::from_bytes([1; 16]).expect("not zero"),
            SpanId::from_bytes([1; 8]).expect("not zero"),
            TraceFlags::new(1),
        );
        let head = Head {
            metadata: &METADATA,
            kind: Kind::Internal,
            context,
            parent: None,
            parent_is_remote: false,
            start: Ticks::default(),
            end: Ticks::default(),
        };
        queue.push(buffer, head, &Body::default());
    }

    fn queue(delay: Duration) -> Queue {
        Queue::new(QueueLimits {
            delay,
            ..QueueLimits::default()
        })
    }

    /// Gives back what was taken, as the exporting thread does.
    fn taken(queue: &Queue, chunks: Vec<Chunk>) -> usize {
        let waiting = (0..queue.len()).filter_map(|_| queue.take());
        let all: Vec<_> = waiting.chain(chunks).collect();
        all.into_iter()
            .map(|chunk| {
                let spans = chunk.len();
                queue.recycle(chunk);
                spans
            })
            .sum()
    }

    #[test]
    fn threads_that_come_and_go_leave_their_spans_and_nothing_else() {
        let queue = queue(Duration::MAX);
        for _ in 0..10_000 {
            let buffer = queue.buffer();
            push(&queue, &buffer);
            queue.leave(&buffer);
        }
        assert!(queue.lock_buffers().list.is_empty());
        assert_eq!(queue.lock().spans, 10_000);
        assert_eq!(taken(&queue, Vec::new()), 10_000);
        let state = queue.lock();
        assert_eq!((state.spans, state.bytes), (0, 0));
        assert_eq!(state.spare.len(), SPARE_CHUNKS);
    }

    #[test]
    fn the_bytes_that_wait_are_bounded_with_the_room_that_is_not_used() {
        let queue = Queue::new(QueueLimits {
            bytes: 1 << 20,
            ..QueueLimits::default()
        });
        let buffer = queue.buffer();
        for _ in 0..100_000 {
            push(&queue, &buffer);
        }
        let waiting: usize = queue.lock().full.iter().map(Chunk::size).sum();
        assert!(waiting <= 1 << 20 && waiting > 900 << 10, "{waiting}");
        let swept = queue.sweep();
        let taken = u64::try_from(taken(&queue, swept)).expect("it is small");
        assert_eq!(taken + queue.dropped(), 100_000);
    }

    #[test]
    fn a_sweep_finds_what_is_not_full_and_takes_its_room_along() {
        let queue = queue(Duration::MAX);
        let buffer = queue.buffer();
        for _ in 0..CHUNK_SPANS + 3 {
            push(&queue, &buffer);
        }
        let swept = queue.sweep();
        assert_eq!(taken(&queue, swept), CHUNK_SPANS + 3);
        assert_eq!(buffer.lock().chunk.size(), 0);
        assert!(!queue.lock().touched);
        push(&queue, &buffer);
        assert!(queue.lock().touched);
        let last = queue.close();
        assert_eq!(taken(&queue, last), 1);
        push(&queue, &buffer);
        push(&queue, &queue.buffer());
        assert_eq!(queue.dropped(), 2);
    }

    /// With nothing to wait for there is no time at which it wakes up by itself.
    #[test]
    fn the_first_span_wakes_a_thread_that_sleeps_for_ever() {
        let queue = queue(Duration::ZERO);
        let buffer = queue.buffer();
        thread::scope(|scope| {
            let sleeper = scope.spawn(|| {
                let mut due = None;
                (queue.wait(0, &mut due), due.is_some())
            });
            while queue.lock().sleeps != Sleeps::UntilSpan {
                thread::yield_now();
            }
            push(&queue, &buffer);
            assert_eq!(sleeper.join().ok(), Some((Woken::Due, true)));
        });
    }

    #[test]
    fn a_thread_that_waits_for_a_batch_is_woken_once_for_it() {
        let queue = queue(Duration::MAX);
        let buffer = queue.buffer();
        push(&queue, &buffer);
        thread::scope(|scope| {
            let sleeper = scope.spawn(|| queue.wait(0, &mut None));
            while queue.lock().sleeps != Sleeps::UntilBatch {
                thread::yield_now();
            }
            for _ in 0..queue.batch().0 - 2 {
                push(&queue, &buffer);
            }
            assert_eq!(queue.lock().sleeps, Sleeps::UntilBatch);
            push(&queue, &buffer);
            assert_eq!(queue.lock().sleeps, Sleeps::No);
            assert_eq!(sleeper.join().ok(), Some(Woken::Full));
        });
    }
}
