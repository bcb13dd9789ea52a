//! [`Chunk`]: ended spans of one thread, which wait and move together.

use std::sync::Arc;

use tracing::Metadata;

use super::body::{Body, Counts};
use super::clock::Ticks;
use crate::context::TraceContext;
use crate::ids::SpanId;
use crate::span::Kind;

/// Bytes of items for which an empty chunk keeps its room.
const LARGEST_SPARE: usize = 32 << 10;

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

impl Waiting {
    /// The bytes that it takes, with its items.
    pub(crate) const fn size(&self) -> usize {
        size_of::<Self>() + self.len
    }
}

/// Ended spans of one thread, in the order of their ends.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    spans: Vec<Waiting>,
    bytes: Vec<u8>,
    /// Where they ended.
    pub(crate) thread: Option<Arc<Thread>>,
}

/// The thread that a span ended on.
#[derive(Debug)]
pub(crate) struct Thread {
    pub(crate) number: Option<i64>,
    pub(crate) name: Option<Arc<str>>,
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
            name: thread.name().map(Arc::from),
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

    pub(crate) fn push(&mut self, head: Head, body: &Body) {
        self.bytes.extend_from_slice(body.bytes());
        self.spans.push(Waiting {
            head,
            counts: body.counts(),
            len: body.bytes().len(),
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The bytes that its spans take.
    pub(crate) fn used(&self) -> usize {
        self.bytes.len() + self.spans.len() * size_of::<Waiting>()
    }

    /// The bytes that it takes, with the room that is not used.
    pub(crate) fn size(&self) -> usize {
        self.bytes.capacity() + self.spans.capacity() * size_of::<Waiting>()
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
    pub(crate) fn emptied(mut self) -> Self {
        self.spans.clear();
        self.thread = None;
        self.bytes.clear();
        self.bytes.shrink_to(LARGEST_SPARE);
        self
    }
}
