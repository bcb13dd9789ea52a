//! The clock of the engine: one read of the monotonic clock, as nanoseconds since the process began to
//! look. What that is by the calendar is found out when spans are exported.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// Nanoseconds since [`anchor`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticks(u64);

/// The moment that ticks are counted from.
fn anchor() -> Instant {
    static ANCHOR: OnceLock<Instant> = OnceLock::new();
    *ANCHOR.get_or_init(Instant::now)
}

impl Ticks {
    pub(crate) fn now() -> Self {
        let elapsed = anchor().elapsed();
        // Wraps after five centuries.
        Self(
            elapsed
                .as_secs()
                .wrapping_mul(1_000_000_000)
                .wrapping_add(u64::from(elapsed.subsec_nanos())),
        )
    }

    /// When this time of the calendar is, which may be before the anchor.
    pub(crate) fn at(time: SystemTime) -> Self {
        let (ticks, now) = (Self::now(), SystemTime::now());
        let nanoseconds = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(0);
        Self(match now.duration_since(time) {
            Ok(before) => ticks.0.wrapping_sub(nanoseconds(before)),
            Err(after) => ticks.0.wrapping_add(nanoseconds(after.duration())),
        })
    }

    pub(crate) const fn to_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    pub(crate) const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(bytes))
    }

    pub(crate) const fn nanoseconds(self) -> u64 {
        self.0
    }
}

/// How far the calendar may move against the ticks before it is looked up again: adjustments below that
/// would only tear spans of one trace apart.
const TOLERANCE: Duration = Duration::from_millis(5);

/// What the ticks are by the calendar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    /// The time at the anchor.
    start: SystemTime,
}

impl Calendar {
    pub(crate) fn new() -> Self {
        Self { start: start_now() }
    }

    /// The same, unless the system's clock was set meanwhile.
    pub(crate) fn refreshed(self) -> Self {
        let now = start_now();
        let moved = now
            .duration_since(self.start)
            .unwrap_or_else(|error| error.duration());
        if moved > TOLERANCE {
            Self { start: now }
        } else {
            self
        }
    }

    pub(crate) fn time(&self, ticks: Ticks) -> SystemTime {
        // What is before the anchor is negative.
        let ticks = ticks.0.cast_signed();
        let distance = Duration::from_nanos(ticks.unsigned_abs());
        let time = if ticks < 0 {
            self.start.checked_sub(distance)
        } else {
            self.start.checked_add(distance)
        };
        time.unwrap_or(self.start)
    }
}

fn start_now() -> SystemTime {
    let ticks = Ticks::now();
    let now = SystemTime::now();
    now.checked_sub(Duration::from_nanos(ticks.0))
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_the_anchor_are_ticks_too() {
        let calendar = Calendar::new();
        for seconds in [0, 3_600, 1_000_000_000] {
            let time = SystemTime::now() - Duration::from_secs(seconds);
            let back = calendar.time(Ticks::at(time));
            let apart = back
                .duration_since(time)
                .unwrap_or_else(|error| error.duration());
            assert!(apart <= TOLERANCE, "{seconds} {apart:?}");
        }
    }

    #[test]
    fn ticks_are_times_of_the_calendar() {
        let calendar = Calendar::new();
        let (before, ticks, after) = (SystemTime::now(), Ticks::now(), SystemTime::now());
        let time = calendar.refreshed().time(ticks);
        assert!(
            time + TOLERANCE >= before && time <= after + TOLERANCE,
            "{before:?} {time:?} {after:?}"
        );
    }
}
