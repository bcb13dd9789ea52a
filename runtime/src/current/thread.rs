//! What a thread keeps for its spans: all in one place, so that a span looks for it once.

use std::cell::RefCell;

use super::stack::Stack;
use crate::span::Pool;

thread_local! {
    static THREAD: RefCell<Thread> = first_use();
}

/// Thread-locals are destroyed in the reverse order of their first use. So where ours is still
/// there, that of OpenTelemetry is, which panics when it is used later.
fn first_use() -> RefCell<Thread> {
    #[cfg(feature = "otel")]
    drop(opentelemetry::Context::current());
    RefCell::default()
}

/// What a thread keeps.
#[derive(Default)]
pub(crate) struct Thread {
    pub(crate) stack: Stack,
    pub(crate) pool: Pool,
    #[cfg(feature = "engine")]
    pub(crate) engine: crate::engine::Local,
}

/// Shows `f` what this thread keeps; `None` at the end of the thread. `f` must neither run code of the program
/// nor drop anything of it, which could come back here. What comes back all the same, from a subscriber whose span
/// is cloned or from an allocator, finds nothing.
#[inline]
pub(crate) fn with_thread<R>(f: impl FnOnce(&mut Thread) -> R) -> Option<R> {
    let with = |thread: &RefCell<Thread>| {
        thread
            .try_borrow_mut()
            .ok()
            .map(|mut thread| f(&mut thread))
    };
    THREAD.try_with(with).ok().flatten()
}

/// Whether anything can be current on this thread. It cannot at the end of the thread, in the
/// destructors of thread-locals.
#[inline]
pub(crate) fn is_possible() -> bool {
    THREAD.try_with(|_| ()).is_ok()
}
