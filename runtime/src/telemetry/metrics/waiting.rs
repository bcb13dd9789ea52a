//! [`Flushes`], [`Ending`] and [`Ends`]: what has no end of its own is done on another thread, and waited for as long as
//! there is time.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// As many may be waited for at a time. More would only wait for the same exporter.
const MOST_FLUSHES: usize = 4;

/// Does this on a thread of its own, with which the process may end.
fn aside(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let name = "tracing-relay-m".to_owned();
    thread::Builder::new().name(name).spawn(work).map(drop)
}

/// Flushes that were begun and not done.
#[derive(Default)]
pub(super) struct Flushes(Arc<AtomicUsize>);

impl Flushes {
    /// Begins with this, and says how to wait for what it returns; `None` where it cannot begin.
    pub(super) fn begin(
        &self,
        flush: impl FnOnce() -> bool + Send + 'static,
    ) -> Option<Receiver<bool>> {
        let one = One::of(&self.0)?;
        let (sender, receiver) = mpsc::channel();
        let begun = aside(move || {
            let _one = one;
            // Nobody may wait any more.
            let _ = sender.send(flush());
        });
        begun.ok().map(|()| receiver)
    }
}

/// One of those that run. Dropped, it does not.
struct One(Arc<AtomicUsize>);

impl One {
    fn of(running: &Arc<AtomicUsize>) -> Option<Self> {
        let one = Self(Arc::clone(running));
        (running.fetch_add(1, Ordering::Relaxed) < MOST_FLUSHES).then_some(one)
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The end, which is begun once and may be waited for any number of times.
#[derive(Default)]
pub(in crate::telemetry) struct Ending {
    begun: AtomicBool,
    ended: Arc<(Mutex<Option<bool>>, Condvar)>,
}

impl Ending {
    /// Begins with this, unless that was done.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub(super) fn begin(&self, end: impl FnOnce() -> bool + Send + 'static) -> io::Result<()> {
        if self.begun.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let ended = Arc::clone(&self.ended);
        let begun = aside(move || tell(&ended, end()));
        if begun.is_err() {
            tell(&self.ended, false);
        }
        begun
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// What it returned, when it has or when the time is over.
    pub(super) fn wait(&self, until: Instant) -> Option<bool> {
        let (ended, changed) = &*self.ended;
        let ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        let (ended, _) = changed
            .wait_timeout_while(ended, left, |ended| ended.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        *ended
    }
}

fn tell(ended: &(Mutex<Option<bool>>, Condvar), done: bool) {
    let (place, changed) = ended;
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
    changed.notify_all();
}

/// The ends of exporters, each of which says it itself.
#[derive(Default)]
pub(super) struct Ends {
    state: Mutex<Left>,
    changed: Condvar,
}

/// How many exporters have not ended, and whether one of them failed in the end.
#[derive(Default)]
struct Left {
    exporters: usize,
    has_failed: bool,
}

impl Ends {
    fn lock(&self) -> MutexGuard<'_, Left> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more exporter.
    pub(super) fn add(&self) {
        self.lock().exporters += 1;
    }

    /// One of them has ended, with or without a failure.
    pub(super) fn ended(&self, well: bool) {
        let mut left = self.lock();
        left.exporters = left.exporters.saturating_sub(1);
        left.has_failed |= !well;
        self.changed.notify_all();
    }

    /// Waits without end for all of them, and says whether none has failed.
    pub(super) fn wait(&self) -> bool {
        let all = self
            .changed
            .wait_while(self.lock(), |left| left.exporters > 0);
        !all.unwrap_or_else(PoisonError::into_inner).has_failed
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    fn late() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn an_end_that_hangs_is_waited_for_as_long_as_there_is_time() {
        let (release, released) = mpsc::channel::<()>();
        let ending = Ending::default();
        ending.begin(move || released.recv().is_ok()).unwrap();
        ending.begin(|| unreachable!("it was begun")).unwrap();
        assert_eq!(ending.wait(soon()), None);
        release.send(()).unwrap();
        assert_eq!(ending.wait(late()), Some(true));
        assert_eq!(ending.wait(soon()), Some(true), "again");
    }

    #[test]
    fn flushes_that_hang_are_not_many() {
        let flushes = Flushes::default();
        let (release, released) = mpsc::channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let mut begun = Vec::new();
        for _ in 0..MOST_FLUSHES {
            let released = Arc::clone(&released);
            begun.push(flushes.begin(move || released.lock().is_ok_and(|it| it.recv().is_ok())));
        }
        assert!(begun.iter().all(Option::is_some));
        assert!(flushes.begin(|| true).is_none());
        (0..MOST_FLUSHES).for_each(|_| release.send(()).unwrap());
        for done in begun.into_iter().flatten() {
            assert_eq!(done.recv_timeout(Duration::from_secs(60)), Ok(true));
        }
    }
}
