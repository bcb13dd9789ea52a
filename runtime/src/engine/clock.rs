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

/// How often the clocks are compared at most, and how many nanoseconds apart they are good enough.
const LOOKS: usize = 8;
const CLOSE: u64 = 20_000;

/// What the ticks are by the calendar.
///
/// Where the system's clock is set, spans that are exported later have the new time, and keep their durations. Where the
/// machine was suspended, ticks stand still on most systems: a span that was open meanwhile is as long as the machine
/// was awake, and ended when it ended.
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
        self.refreshed_at(start_now())
    }

    fn refreshed_at(self, now: SystemTime) -> Self {
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
        self.start
            .checked_add(Duration::from_nanos(ticks.0))
            .unwrap_or(self.start)
    }
}

/// The time at the anchor, as the two clocks say now. Each look reads one between two reads of the other; where the thread
/// was stopped in between, the next look is better.
fn start_now() -> SystemTime {
    let mut best = None;
    for _ in 0..LOOKS {
        let before = Ticks::now();
        let now = SystemTime::now();
        let apart = Ticks::now().0.wrapping_sub(before.0);
        if best.is_none_or(|(least, _, _)| apart < least) {
            best = Some((apart, before, now));
        }
        if apart < CLOSE {
            break;
        }
    }
    best.map_or(SystemTime::UNIX_EPOCH, |(apart, before, now)| {
        let ticks = Duration::from_nanos(before.0.saturating_add(apart / 2));
        now.checked_sub(ticks).unwrap_or(now)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_clock_that_was_set_counts_and_one_that_drifts_does_not() {
        let calendar = Calendar::new();
        for (moved, counts) in [
            (Duration::from_millis(4), false),
            (Duration::from_secs(3_600), true),
        ] {
            for now in [calendar.start + moved, calendar.start - moved] {
                let start = calendar.refreshed_at(now).start;
                assert_eq!(start == now, counts, "{moved:?}");
            }
        }
    }

    #[test]
    fn a_clock_before_1970_is_no_reason_to_panic() {
        let calendar = Calendar {
            start: SystemTime::UNIX_EPOCH - Duration::from_secs(1_000),
        };
        let before = calendar.time(Ticks(0));
        assert_eq!(
            calendar.time(Ticks(u64::MAX)).duration_since(before).ok(),
            Some(Duration::from_nanos(u64::MAX))
        );
    }
}
