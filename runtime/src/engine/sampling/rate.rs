//! [`RateLimit`]: how many traces a second are kept, as a token bucket that is one number.
//!
//! The number is the time at which the bucket would be full again (the generic cell rate algorithm): a trace moves it on
//! by what one trace is worth, and there is room as long as it is less than a second's worth ahead.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const SECOND: u64 = 1_000_000_000;

/// A number of traces a second.
#[derive(Debug)]
pub(super) struct RateLimit {
    /// What one trace is worth, in nanoseconds.
    interval: u64,
    began: Instant,
    /// When it is full again, in nanoseconds since it began.
    full: AtomicU64,
}

impl RateLimit {
    /// `None` where the rate is no number or nothing is kept.
    pub(super) fn new(rate: f64) -> Option<Self> {
        if rate.is_nan() || rate <= 0.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "it is not negative, and what is too large is a time that never comes"
        )]
        let interval = (SECOND as f64 / rate) as u64;
        Some(Self {
            interval,
            began: Instant::now(),
            full: AtomicU64::new(0),
        })
    }

    /// Whether a trace that begins now is kept.
    pub(super) fn admits(&self) -> bool {
        self.admits_at(self.began.elapsed())
    }

    /// The same at a time since it began.
    fn admits_at(&self, now: Duration) -> bool {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        // What may be kept at once: a second's worth, and one trace in any case.
        let latest = now.saturating_add(SECOND.saturating_sub(self.interval));
        let admitted = self
            .full
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full| {
                (full <= latest).then(|| full.max(now).saturating_add(self.interval))
            });
        admitted.is_ok()
    }

    /// Gives back what a trace took that begins somewhere else.
    pub(super) fn give_back(&self) {
        let back = |full: u64| Some(full.saturating_sub(self.interval));
        let _ = self
            .full
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, back);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// How many of a hundred traces are kept that begin at this moment.
    fn kept(limit: &RateLimit, milliseconds: u64) -> usize {
        let admitted = (0..100).filter(|_| limit.admits_at(at(milliseconds)));
        admitted.count()
    }

    #[test]
    fn a_second_s_worth_is_kept_at_once_and_then_as_many_as_the_time_allows() {
        let limit = RateLimit::new(10.0).expect("something is kept");
        assert_eq!(kept(&limit, 0), 10);
        assert_eq!(kept(&limit, 99), 0);
        assert_eq!(kept(&limit, 100), 1);
        assert_eq!(kept(&limit, 350), 2);
        assert_eq!(kept(&limit, 400), 1);
        // A long pause is worth no more than a second.
        assert_eq!(kept(&limit, 3_600_000), 10);
    }

    #[test]
    fn less_than_one_a_second_is_one_after_the_other() {
        let limit = RateLimit::new(0.5).expect("something is kept");
        for (milliseconds, wanted) in [(0, 1), (1_999, 0), (2_000, 1), (2_001, 0), (9_000, 1)] {
            assert_eq!(kept(&limit, milliseconds), wanted, "{milliseconds}");
        }
    }

    #[test]
    fn an_even_load_above_the_rate_is_cut_down_to_it() {
        let limit = RateLimit::new(25.0).expect("something is kept");
        // A thousand traces a second for a minute.
        let admitted = (0..60_000).filter(|time| limit.admits_at(at(*time)));
        assert_eq!(admitted.count(), 25 + 60 * 25 - 1);
    }

    #[test]
    fn a_clock_that_stands_still_or_goes_back_keeps_nothing_more() {
        let limit = RateLimit::new(2.0).expect("something is kept");
        assert_eq!(kept(&limit, 5_000), 2);
        assert_eq!(kept(&limit, 4_000), 0);
        assert_eq!(kept(&limit, 5_000), 0);
        assert_eq!(kept(&limit, 5_500), 1);
    }

    #[test]
    fn rates_at_the_ends_are_nothing_once_and_everything() {
        for nothing in [0.0, -0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(RateLimit::new(nothing).is_none(), "{nothing}");
        }
        let once = RateLimit::new(f64::MIN_POSITIVE).expect("something is kept");
        assert_eq!(kept(&once, 0), 1);
        assert_eq!(kept(&once, u64::MAX / 1_000_000), 0);
        let all = RateLimit::new(f64::INFINITY).expect("something is kept");
        assert_eq!(kept(&all, 0), 100);
    }

    #[test]
    fn what_is_given_back_is_there_for_another_one() {
        let limit = RateLimit::new(1.0).expect("something is kept");
        for _ in 0..3 {
            assert_eq!(kept(&limit, 0), 1);
            limit.give_back();
        }
        assert_eq!(kept(&limit, 0), 1);
    }

    #[test]
    fn threads_share_what_is_kept() {
        let limit = RateLimit::new(50.0).expect("something is kept");
        let count = || (0..40).filter(|_| limit.admits_at(at(0))).count();
        let all: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            let counted = threads
                .into_iter()
                .map(|thread| thread.join().expect("it counts"));
            counted.sum()
        });
        assert_eq!(all, 50);
    }
}
