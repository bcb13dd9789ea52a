//! The clock of the engine: a counter that is read twice for each span. What it is by the calendar is found
//! out when spans are exported.
//!
//! On x86-64 Linux the counter is the time-stamp counter of the processor, if the system itself keeps its time
//! with it: that takes half as long to read as the system's monotonic clock, which is the counter elsewhere.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A reading of the counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticks(u64);

/// A reading, with the monotonic clock at the same moment: how fast the counter counts is told by another such pair.
#[derive(Clone, Copy, Debug)]
struct Pair {
    ticks: Ticks,
    instant: Instant,
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

/// How fast the counter counts, which is known the better the longer it was looked at without a jump.
///
/// A computer that sleeps, or a virtual machine that is moved, sets the counter to anything, or lets it count where
/// the monotonic clock stands still. What was seen before such a moment says nothing about what comes after it.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Since when the counter has not jumped.
    first: Pair,
    last: Pair,
    /// Nanoseconds of a tick between the last two pairs; none where that is no pace.
    step: Option<f64>,
    nanoseconds_per_tick: f64,
    /// Whether that was seen over a step.
    is_certain: bool,
}

/// Between two pairs that are compared: in less time the pace is not known well enough.
const STEP: Duration = Duration::from_millis(10);
/// Two steps whose paces differ by more than this part have a jump in one of them.
const SAME_PACE: f64 = 0.01;

impl Pace {
    const fn new(first: Pair) -> Self {
        Self {
            first,
            last: first,
            step: None,
            nanoseconds_per_tick: 1.0,
            is_certain: false,
        }
    }

    /// Looks at another pair.
    fn look(&mut self, now: Pair) {
        if now.instant.saturating_duration_since(self.last.instant) < STEP {
            if !self.is_certain
                && let Some(pace) = now.pace_since(&self.first)
            {
                self.nanoseconds_per_tick = pace;
            }
            return;
        }
        let step = now.pace_since(&self.last);
        let goes_on = match (step, self.step) {
            (Some(step), Some(before)) => (step - before).abs() <= before * SAME_PACE,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if !goes_on {
            self.first = now;
        } else if let Some(pace) = now.pace_since(&self.first) {
            (self.nanoseconds_per_tick, self.is_certain) = (pace, true);
        }
        (self.last, self.step) = (now, step);
    }

    /// The pace of this process, with what is seen now.
    fn now() -> f64 {
        static PACE: Mutex<Option<Pace>> = Mutex::new(None);
        let now = Pair::now();
        let mut pace = PACE.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = pace.get_or_insert(Pace::new(now));
        pace.look(now);
        pace.nanoseconds_per_tick
    }
}

impl Pair {
    /// Nanoseconds of a tick since an earlier pair. None where the counter went back, or counts as nothing does that
    /// is built: between 10 MHz and 20 GHz.
    fn pace_since(&self, earlier: &Self) -> Option<f64> {
        let ticks = self.ticks.0.checked_sub(earlier.ticks.0)?;
        let passed = self.instant.checked_duration_since(earlier.instant)?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is lost is below a nanosecond"
        )]
        let pace = passed.as_nanos() as f64 / ticks as f64;
        (0.05..=100.0).contains(&pace).then_some(pace)
    }
}

/// What is later by more than this was read before the counter was set back.
const LATEST: Duration = Duration::from_secs(60 * 60);

/// What readings are by the calendar, as it is now: made anew for each export, because the system's clock may be
/// set, and because the longer the counter was looked at the better it is known how fast it counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    ticks: Ticks,
    time: SystemTime,
    nanoseconds_per_tick: f64,
}

impl Calendar {
    pub(crate) fn new() -> Self {
        let nanoseconds_per_tick = Pace::now();
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
            Some(_) if apart > LATEST => None,
            Some(_) => self.time.checked_add(apart),
            None => self.time.checked_sub(apart),
        };
        time.unwrap_or(self.time)
    }
}

/// Begins to look at the clock: how fast the counter counts is known the better the longer that is ago.
pub(crate) fn start() {
    Pace::now();
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_millis(2);

    /// Pairs of a counter with a pace, one each 100 ms.
    struct Machine {
        pace: Pace,
        now: Pair,
    }

    impl Machine {
        fn new(ticks: u64) -> Self {
            let now = Pair {
                ticks: Ticks(ticks),
                instant: Instant::now(),
            };
            let pace = Pace::new(now);
            Self { pace, now }
        }

        fn run(&mut self, steps: u32, ticks: u64) {
            for _ in 0..steps {
                self.now.ticks.0 += ticks;
                self.now.instant += Duration::from_millis(100);
                self.pace.look(self.now);
            }
        }

        #[track_caller]
        fn has_the_pace(&self, expected: f64) {
            let pace = self.pace.nanoseconds_per_tick;
            assert!((pace - expected).abs() < expected / 1_000.0, "{pace}");
        }
    }

    /// Ticks of 100 ms.
    const AT_2_GHZ: u64 = 200_000_000;

    #[test]
    fn a_counter_that_is_set_back_keeps_its_pace() {
        let mut machine = Machine::new(1 << 50);
        machine.run(10, AT_2_GHZ);
        machine.has_the_pace(0.5);
        machine.now.ticks = Ticks(0);
        machine.run(1, AT_2_GHZ);
        machine.has_the_pace(0.5);
        machine.run(10, AT_2_GHZ);
        machine.has_the_pace(0.5);
    }

    #[test]
    fn a_counter_that_goes_on_while_the_computer_sleeps_keeps_its_pace() {
        for first in [0, 10] {
            let mut machine = Machine::new(1 << 40);
            machine.run(first, AT_2_GHZ);
            machine.now.ticks.0 += 10_000 * AT_2_GHZ;
            machine.run(3, AT_2_GHZ);
            machine.has_the_pace(0.5);
        }
    }

    #[test]
    fn a_virtual_machine_that_moved_has_the_pace_of_its_new_processor() {
        let mut machine = Machine::new(1 << 40);
        machine.run(10, AT_2_GHZ);
        machine.run(10, AT_2_GHZ * 2);
        machine.has_the_pace(0.25);
    }

    #[test]
    fn readings_from_before_the_counter_was_set_back_are_not_in_the_future() {
        let calendar = Calendar::new();
        for ticks in [0, calendar.ticks.0 + (1 << 60), u64::MAX] {
            assert!(calendar.time(Ticks(ticks)) <= calendar.time);
        }
    }

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
        // Between any two of these the thread may be interrupted.
        let before = Instant::now();
        let first = Ticks::now();
        let after = Instant::now();
        while after.elapsed() < Duration::from_millis(20) {
            let (earlier, later) = (Ticks::now(), Ticks::now());
            assert!(earlier <= later);
        }
        let least = after.elapsed();
        let last = Ticks::now();
        let most = before.elapsed();
        let calendar = Calendar::new();
        let measured = calendar
            .time(last)
            .duration_since(calendar.time(first))
            .expect("later");
        assert!(
            measured + TOLERANCE >= least && measured <= most + TOLERANCE,
            "{least:?} {measured:?} {most:?}"
        );
    }
}
