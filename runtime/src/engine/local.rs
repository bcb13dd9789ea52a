//! What a thread keeps for the engine: the generator of ids, its buffers, and what is used again.
//!
//! Spans know their engine by its number, and find it here: a reference count that all threads share would
//! cost more than the span.

use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Shared;
use super::body::Body;
use super::chunk::{Chunk, Head};
use super::clock::Ticks;
use super::export::Translator;
use super::ids::Generator;
use super::open::Recording;
use super::queue::Buffer;
use super::record::Record;
use super::sampling::OwnRatio;
use crate::context::TraceContext;
use crate::current::with_thread;

/// Scratch bodies that are kept.
const SPARE: usize = 4;
/// The room of one of them that is kept, in bytes.
const SPARE_BYTES: usize = 4 << 10;

/// Spans of others whose memory is kept.
const SPARE_RECORDINGS: usize = 32;

/// What a thread keeps.
pub(crate) struct Local {
    generator: Generator,
    handles: Vec<Rc<Handle>>,
    spare: Vec<Body>,
    #[expect(clippy::vec_box, reason = "the boxes are what is kept")]
    pub(crate) recordings: Vec<Box<Recording>>,
}

impl Default for Local {
    fn default() -> Self {
        Self {
            generator: Generator::new(),
            handles: Vec::new(),
            spare: Vec::new(),
            recordings: Vec::new(),
        }
    }
}

/// An engine as a thread knows it.
pub(crate) struct Handle {
    pub(crate) engine: Arc<Shared>,
    buffer: Arc<Buffer>,
}

impl Handle {
    fn new(engine: &Arc<Shared>) -> Self {
        Self {
            engine: Arc::clone(engine),
            buffer: engine.queue.buffer(),
        }
    }

    /// Takes an ended span.
    pub(crate) fn push(&self, head: Head, body: &Body) {
        let engine = &self.engine;
        match &engine.immediate {
            None => engine.queue.push(&self.buffer, head, body),
            Some(immediate) => {
                let chunk = Chunk::of_one(head, body);
                for span in Translator::new(&engine.config).chunk(&chunk) {
                    immediate.ended(span);
                }
            }
        }
    }
}

/// A thread ends, or an engine has: what is left goes along.
impl Drop for Handle {
    fn drop(&mut self) {
        self.engine.queue.leave(&self.buffer);
    }
}

/// The engines that were not dropped, with their numbers, for threads on which a span ends that began on another.
static ENGINES: Mutex<Vec<(u64, Weak<Shared>)>> = Mutex::new(Vec::new());

/// Lets every thread find an engine.
pub(crate) fn publish(engine: &Arc<Shared>) {
    let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
    engines.retain(|(_, engine)| engine.strong_count() > 0);
    engines.push((engine.number, Arc::downgrade(engine)));
}

impl Local {
    /// The handle on an engine, if this thread has one, and the generator of ids.
    pub(crate) fn known(&mut self, number: u64) -> Option<(&Handle, &mut Generator)> {
        Some((find(&self.handles, number)?, &mut self.generator))
    }

    /// Keeps the memory of a span of others for the next.
    pub(crate) fn keep(&mut self, recording: Box<Recording>) {
        if self.recordings.len() < SPARE_RECORDINGS {
            self.recordings.push(recording);
        }
    }
}

fn find(handles: &[Rc<Handle>], number: u64) -> Option<&Rc<Handle>> {
    handles.iter().find(|handle| handle.engine.number == number)
}

/// The handle on an engine, if this thread has one.
fn known(number: u64) -> Option<Rc<Handle>> {
    with_thread(|thread| find(&thread.engine.handles, number).cloned()).flatten()
}

/// The handle of this thread on an engine. At the end of the thread it is one for this time only.
pub(crate) fn handle(engine: &Arc<Shared>) -> Rc<Handle> {
    if let Some(known) = known(engine.number) {
        return known;
    }
    let handle = Rc::new(Handle::new(engine));
    let forgotten = with_thread(|thread| {
        let handles = &mut thread.engine.handles;
        let forgotten: Vec<_> = handles
            .extract_if(.., |handle| handle.engine.is_closed())
            .collect();
        handles.push(Rc::clone(&handle));
        forgotten
    });
    // Here the last reference to an engine may go.
    drop(forgotten);
    handle
}

/// The same for the engine of this number; `None` where it is gone.
pub(crate) fn handle_of(number: u64) -> Option<Rc<Handle>> {
    if let Some(known) = known(number) {
        return Some(known);
    }
    let engine = {
        let engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
        // No other is looked at: the last reference to it could go here, under the lock.
        let (_, engine) = engines.iter().find(|(other, _)| *other == number)?;
        engine.upgrade()?
    };
    Some(if engine.is_closed() {
        // For the count of what comes too late.
        Rc::new(Handle::new(&engine))
    } else {
        handle(&engine)
    })
}

/// Starts a span of this thread; see [`Record::start`].
pub(crate) fn start(
    record: &mut Record,
    handle: &Handle,
    parent: Option<&TraceContext>,
    own: &OwnRatio,
) -> Option<TraceContext> {
    if handle.engine.config.ids.is_some() {
        return record.start(handle, None, parent, own);
    }
    with_thread(|thread| {
        let generator = Some(&mut thread.engine.generator);
        record.start(handle, generator, parent, own)
    })
    .flatten()
}

/// A number that nobody can foresee, from the generator of this thread.
pub(super) fn random_number() -> u64 {
    let now = Ticks::now();
    let number = with_thread(|thread| thread.engine.generator.number(now));
    // At the end of the thread its generator is gone.
    number.unwrap_or_else(|| Generator::new().number(now))
}

/// An empty body.
pub(crate) fn scratch() -> Body {
    with_thread(|thread| thread.engine.spare.pop())
        .flatten()
        .unwrap_or_default()
}

/// Keeps a body for the next time.
pub(crate) fn give_back(mut body: Body) {
    if body.capacity() <= SPARE_BYTES {
        body.clear();
        with_thread(|thread| {
            let spare = &mut thread.engine.spare;
            if spare.len() < SPARE {
                spare.push(body);
            }
        });
    }
}
