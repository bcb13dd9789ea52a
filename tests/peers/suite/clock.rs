//! CPU time, which what else runs on the machine disturbs less than it disturbs the time on the wall.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn read(clock: ClockId) -> Duration {
    Duration::try_from(clock_gettime(clock)).expect("a clock that does not run backwards")
}

/// What this thread has used.
pub(super) fn of_this_thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// What all threads have used.
pub(super) fn of_the_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}
