//! The clock of the engine: a counter that is read twice for each span. What it is by the calendar is found
//! out when spans are exported.
//!
//! On x86-64 Linux the counter is the time-stamp counter of the processor, if the system itself keeps its time
//! with it: that takes half as long to read as the system's monotonic clock, which is the counter elsewhere.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

/// A reading of the counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticks(u64);

/// The first reading, with the monotonic clock at the same moment: how fast the counter counts is told by
/// another such pair.
#[derive(Clone, Copy, Debug)]
struct Pair {
    ticks: Ticks,
    instant: Instant,
}

fn first() -> Pair {
    static FIRST: OnceLock<Pair> = OnceLock::new();
    *FIRST.get_or_init(Pair::now)
}

impl Ticks {
    pub(crate) fn now() -> Self {
        Self(counter::read().unwrap_or_else(nanoseconds))
    }

    pub(crate) const fn to_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    pub(crate) const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(bytes))
    }

    pub(crate) const fn number(self) -> u64 {
        self.0
    }
}

/// A time that somebody gave, by what the counter was then and how long before that it is: so it stays where it
/// is among the readings of the same span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) now: Ticks,
    /// Nanoseconds; negative where it is later.
    pub(crate) before: i64,
}

impl Moment {
    pub(crate) fn of(time: SystemTime) -> Self {
        let (now, calendar) = (Ticks::now(), SystemTime::now());
        let nanoseconds = |apart: Duration| i64::try_from(apart.as_nanos()).unwrap_or(i64::MAX);
        let before = match calendar.duration_since(time) {
            Ok(before) => nanoseconds(before),
            Err(after) => -nanoseconds(after.duration()),
        };
        Self { now, before }
    }
}

impl From<Ticks> for Moment {
    fn from(now: Ticks) -> Self {
        Self { now, before: 0 }
    }
}

/// The monotonic clock as a number.
#[cold]
fn nanoseconds() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    // Wraps after five centuries.
    elapsed
        .as_secs()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(u64::from(elapsed.subsec_nanos()))
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod counter {
    use std::sync::LazyLock;

    /// The counter, where the system trusts it.
    #[inline]
    pub(super) fn read() -> Option<u64> {
        static TRUSTED: LazyLock<bool> = LazyLock::new(|| {
            let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
            std::fs::read_to_string(source).is_ok_and(|source| source.trim() == "tsc")
        });
        // SAFETY: the instruction reads a register, and every x86-64 processor has it.
        #[expect(
            unsafe_code,
            reason = "two reads of the system's clock are a quarter of what a span costs"
        )]
        TRUSTED.then(|| unsafe { std::arch::x86_64::_rdtsc() })
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod counter {
    pub(super) const fn read() -> Option<u64> {
        None
    }
}

impl Pair {
    /// The best of a few attempts: between the two readings this thread can be interrupted.
    fn now() -> Self {
        best(Instant::now, |ticks, instant| Self { ticks, instant })
    }
}

/// Reads another clock where the counter moved least meanwhile.
fn best<T, R>(read: impl Fn() -> T, pair: impl FnOnce(Ticks, T) -> R) -> R {
    let attempt = || {
        let before = Ticks::now();
        let time = read();
        let passed = Ticks::now().0.wrapping_sub(before.0);
        (passed, Ticks(before.0.wrapping_add(passed / 2)), time)
    };
    let (mut least, mut ticks, mut time) = attempt();
    for _ in 0..3 {
        let (passed, at, other) = attempt();
        if passed < least {
            (least, ticks, time) = (passed, at, other);
        }
    }
    pair(ticks, time)
}

/// What readings are by the calendar, as it is now: made anew for each export, because the system's clock may be
/// set, and because the longer ago the first reading is the better it is known how fast the counter counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    ticks: Ticks,
    time: SystemTime,
    nanoseconds_per_tick: f64,
}

impl Calendar {
    pub(crate) fn new() -> Self {
        let (first, now) = (first(), Pair::now());
        let ticks = now.ticks.0.wrapping_sub(first.ticks.0);
        let passed = now.instant.duration_since(first.instant);
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is lost is below a nanosecond"
        )]
        let nanoseconds_per_tick = if ticks == 0 {
            1.0
        } else {
            passed.as_nanos() as f64 / ticks as f64
        };
        best(SystemTime::now, |ticks, time| Self {
            ticks,
            time,
            nanoseconds_per_tick,
        })
    }

    /// The time of this moment.
    pub(crate) fn time_of(&self, moment: Moment) -> SystemTime {
        let now = self.time(moment.now);
        let apart = Duration::from_nanos(moment.before.unsigned_abs());
        let time = if moment.before < 0 {
            now.checked_add(apart)
        } else {
            now.checked_sub(apart)
        };
        time.unwrap_or(now)
    }

    pub(crate) fn time(&self, ticks: Ticks) -> SystemTime {
        let later = ticks.0.checked_sub(self.ticks.0);
        let apart = later.unwrap_or_else(|| self.ticks.0.saturating_sub(ticks.0));
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is lost is below a microsecond in a month"
        )]
        let apart = Duration::from_nanos((apart as f64 * self.nanoseconds_per_tick) as u64);
        let time = match later {
            Some(_) => self.time.checked_add(apart),
            None => self.time.checked_sub(apart),
        };
        time.unwrap_or(self.time)
    }
}

/// Begins to look at the clock: how fast the counter counts is known the better the longer that is ago.
pub(crate) fn start() {
    first();
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_millis(2);

    #[test]
    fn a_time_that_is_given_stays_what_it_is() {
        start();
        for seconds in [0, 3_600, 1_000_000_000] {
            let apart = Duration::from_secs(seconds);
            let now = SystemTime::now();
            for time in [now - apart, now + apart] {
                let back = Calendar::new().time_of(Moment::of(time));
                let error = back
                    .duration_since(time)
                    .unwrap_or_else(|error| error.duration());
                assert!(error <= TOLERANCE, "{seconds} {error:?}");
            }
        }
    }

    #[test]
    fn readings_are_times_of_the_calendar() {
        start();
        let before = SystemTime::now();
        let ticks = Ticks::now();
        let after = SystemTime::now();
        let time = Calendar::new().time(ticks);
        assert!(
            time + TOLERANCE >= before && time <= after + TOLERANCE,
            "{before:?} {time:?} {after:?}"
        );
    }

    #[test]
    fn readings_do_not_go_back_and_are_as_far_apart_as_the_moments() {
        start();
        let (first, instant) = (Ticks::now(), Instant::now());
        while instant.elapsed() < Duration::from_millis(20) {
            let (earlier, later) = (Ticks::now(), Ticks::now());
            assert!(earlier <= later);
        }
        let (last, passed) = (Ticks::now(), instant.elapsed());
        let calendar = Calendar::new();
        let measured = calendar
            .time(last)
            .duration_since(calendar.time(first))
            .expect("later");
        let apart = measured.abs_diff(passed);
        assert!(apart < TOLERANCE, "{measured:?} {passed:?}");
    }
}
