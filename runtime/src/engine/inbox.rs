//! [`Inbox`]: where others put what they have to say about a span while it is open.
//!
//! A record belongs to the span that runs, and is reached by the thread that it runs on. An inbox is shared:
//! with the OpenTelemetry API, with tasks that were spawned from the span, with the span of `tracing` beside
//! it. It is made where somebody needs it, holds no more than the limits of a span, and takes nothing after
//! the span has ended. The record takes what is in it before it writes something of its own, so that the order
//! is that of the calls.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::body::Body;
use super::config::Limits;
use crate::otel::Note;

/// The most bytes of room that an inbox keeps.
const LARGEST_SPARE: usize = 1 << 10;

/// What is said about an open span from outside.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// The number of the engine.
    engine: u64,
    limits: Limits,
    /// Changes under the lock of `body`.
    open: AtomicBool,
    /// Whether there may be something in `body`.
    filled: AtomicBool,
    body: Mutex<Body>,
}

impl Inbox {
    pub(crate) fn new(engine: u64, limits: Limits) -> Self {
        Self {
            engine,
            limits,
            open: AtomicBool::new(true),
            filled: AtomicBool::new(false),
            body: Mutex::default(),
        }
    }

    /// The same inbox for the next span, once nobody else has it.
    pub(crate) fn reopen(&mut self, engine: u64, limits: Limits) {
        (self.engine, self.limits) = (engine, limits);
        *self.open.get_mut() = true;
    }

    pub(crate) const fn engine(&self) -> u64 {
        self.engine
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether the span is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Says something about the span, if it is open.
    pub(crate) fn note(&self, note: &Note) {
        self.write(|body, limits| note.write(body, limits));
    }

    /// Appends what was written elsewhere, if the span is open.
    pub(crate) fn append(&self, written: &Body) {
        self.write(|body, limits| body.append(limits, written));
    }

    /// `write` must not run code of the program, which could come back here.
    pub(crate) fn write(&self, write: impl FnOnce(&mut Body, &Limits)) {
        let mut body = self.lock();
        if self.is_open() {
            write(&mut body, &self.limits);
            self.filled.store(true, Ordering::Release);
        }
    }

    /// Moves what is there into the record of the span.
    pub(crate) fn empty_into(&self, record: &mut Body) {
        if self.filled.load(Ordering::Acquire) {
            self.move_into(record, &mut self.lock());
        }
    }

    /// The same for the last time: the span ends.
    pub(crate) fn close_into(&self, record: &mut Body) {
        if self.is_open() {
            let mut body = self.lock();
            self.open.store(false, Ordering::Release);
            self.move_into(record, &mut body);
        }
    }

    /// Takes nothing more; what is there is lost.
    pub(crate) fn close(&self) {
        if self.is_open() {
            let mut body = self.lock();
            self.open.store(false, Ordering::Release);
            self.filled.store(false, Ordering::Release);
            clear(&mut body);
        }
    }

    fn move_into(&self, record: &mut Body, body: &mut Body) {
        record.append(&self.limits, body);
        clear(body);
        self.filled.store(false, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Body> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An inbox may be kept by others for long after the span.
fn clear(body: &mut Body) {
    if body.capacity() > LARGEST_SPARE {
        *body = Body::default();
    } else {
        body.clear();
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::KeyValue;

    use super::super::items::{Item, Items};
    use super::*;

    fn attribute(key: &'static str) -> Note {
        Note::Attribute(KeyValue::new(key, true))
    }

    fn keys(body: &Body) -> Vec<String> {
        Items::new(body.bytes())
            .filter_map(|item| match item {
                Item::Attribute(key, _) => Some(key.to_owned()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn what_comes_after_the_end_is_not_taken() {
        let mut inbox = Inbox::new(1, Limits::default());
        let mut record = Body::default();
        inbox.note(&attribute("first"));
        inbox.empty_into(&mut record);
        inbox.note(&attribute("second"));
        inbox.close_into(&mut record);
        inbox.note(&attribute("third"));
        inbox.close_into(&mut record);
        assert_eq!(keys(&record), ["first", "second"]);
        assert!(!inbox.is_open());

        inbox.reopen(2, Limits::default());
        record.clear();
        inbox.note(&attribute("next"));
        inbox.close_into(&mut record);
        assert_eq!(keys(&record), ["next"]);
    }

    #[test]
    fn an_inbox_that_nobody_empties_stays_small() {
        let limits = Limits {
            attributes: 2,
            ..Limits::default()
        };
        let inbox = Inbox::new(1, limits);
        for _ in 0..100_000 {
            inbox.note(&attribute("key"));
            inbox.note(&Note::Name("a name that is longer than nothing".into()));
        }
        let mut record = Body::default();
        inbox.close_into(&mut record);
        assert_eq!(keys(&record), ["key", "key"]);
        assert!(record.bytes().len() < 2 << 20, "{}", record.bytes().len());
    }
}
