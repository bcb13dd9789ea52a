//! What a thread keeps for the engine: the generator of ids, its buffers, and what is used again.
//!
//! Spans know their engine by its number, and find it here: a reference count that all threads share would
//! cost more than the span.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Shared;
use super::body::Body;
use super::clock::Ticks;
use super::ids::Generator;
use super::queue::Buffer;
use crate::ids::{SpanId, TraceId};

/// Scratch bodies that are kept.
const SPARE: usize = 4;
/// The room of one of them that is kept, in bytes.
const SPARE_BYTES: usize = 4 << 10;

thread_local! {
    static LOCAL: RefCell<Local> = RefCell::new(Local {
        generator: Generator::new(),
        handles: Vec::new(),
        spare: Vec::new(),
    });
}

struct Local {
    generator: Generator,
    handles: Vec<Rc<Handle>>,
    spare: Vec<Body>,
}

/// An engine as a thread knows it.
pub(crate) struct Handle {
    pub(crate) engine: Arc<Shared>,
    pub(crate) buffer: Arc<Buffer>,
}

impl Handle {
    fn new(engine: &Arc<Shared>) -> Self {
        Self {
            engine: Arc::clone(engine),
            buffer: engine.queue.buffer(),
        }
    }
}

/// A thread ends, or an engine has: what is left goes along.
impl Drop for Handle {
    fn drop(&mut self) {
        self.engine.queue.leave(&self.buffer);
    }
}

fn with<R>(f: impl FnOnce(&mut Local) -> R) -> Option<R> {
    LOCAL.try_with(|local| f(&mut local.borrow_mut())).ok()
}

/// The engines that were not dropped, for threads on which a span ends that began on another.
static ENGINES: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

/// Lets every thread find an engine.
pub(crate) fn publish(engine: &Arc<Shared>) {
    let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
    engines.retain(|engine| engine.strong_count() > 0);
    engines.push(Arc::downgrade(engine));
}

impl Local {
    fn known(&self, number: u64) -> Option<Rc<Handle>> {
        self.handles
            .iter()
            .find(|handle| handle.engine.number == number)
            .map(Rc::clone)
    }

    fn add(&mut self, engine: &Arc<Shared>) -> Rc<Handle> {
        self.handles.retain(|handle| !handle.engine.is_closed());
        let handle = Rc::new(Handle::new(engine));
        self.handles.push(Rc::clone(&handle));
        handle
    }
}

/// The handle of this thread on an engine. At the end of the thread it is one for this time only.
pub(crate) fn handle(engine: &Arc<Shared>) -> Rc<Handle> {
    with(|local| {
        let known = local.known(engine.number);
        known.unwrap_or_else(|| local.add(engine))
    })
    .unwrap_or_else(|| Rc::new(Handle::new(engine)))
}

/// The same for the engine of this number; `None` where it is gone.
pub(crate) fn handle_of(number: u64) -> Option<Rc<Handle>> {
    if let Some(handle) = with(|local| local.known(number)).flatten() {
        return Some(handle);
    }
    let engine = {
        let engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
        engines
            .iter()
            .filter_map(Weak::upgrade)
            .find(|engine| engine.number == number)
    }?;
    Some(if engine.is_closed() {
        // For the count of what comes too late.
        Rc::new(Handle::new(&engine))
    } else {
        handle(&engine)
    })
}

/// A new id; `None` at the end of the thread.
pub(crate) fn span_id(now: Ticks) -> Option<SpanId> {
    with(|local| local.generator.span_id(now))
}

/// A new id; `None` at the end of the thread.
pub(crate) fn trace_id(now: Ticks) -> Option<TraceId> {
    with(|local| local.generator.trace_id(now))
}

/// An empty body.
pub(crate) fn scratch() -> Body {
    with(|local| local.spare.pop())
        .flatten()
        .unwrap_or_default()
}

/// Keeps a body for the next time.
pub(crate) fn give_back(mut body: Body) {
    if body.capacity() <= SPARE_BYTES {
        body.clear();
        with(|local| {
            if local.spare.len() < SPARE {
                local.spare.push(body);
            }
        });
    }
}
