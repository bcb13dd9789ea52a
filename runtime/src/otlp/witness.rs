//! [`Witness`]: what a collector did with the last request, and which time it has, for who wants to say it in words.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::header::{DATE, HeaderMap};
use reqwest::StatusCode;

/// Sees each request of one exporter.
#[derive(Debug, Default)]
pub(crate) struct Witness(Mutex<Seen>);

/// What was seen last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) outcome: Option<Outcome>,
    pub(crate) clock: Option<Clock>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Taken,
    /// There was no answer, for this reason.
    Unreachable(String),
    /// There was another answer than that all is well.
    Refused(Option<u16>, String),
    /// There was no answer in this time.
    Silent(Duration),
}

/// How the clock of a collector is set, beside the one of this machine. What the time on the way explains is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Ahead(Duration),
    Behind(Duration),
}

impl Witness {
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget(&self) {
        *self.lock() = Seen::default();
    }

    pub(crate) fn seen(&self) -> Seen {
        self.lock().clone()
    }

    pub(super) fn note(&self, outcome: Outcome) {
        self.lock().outcome = Some(outcome);
    }

    /// An answer to a request that was sent at this time has just come.
    pub(super) fn answered(&self, status: StatusCode, headers: &HeaderMap, sent: SystemTime) {
        let clock = clock(headers, sent, SystemTime::now());
        let outcome = if status.is_success() {
            Outcome::Taken
        } else {
            Outcome::Refused(Some(status.as_u16()), status.to_string())
        };
        *self.lock() = Seen {
            outcome: Some(outcome),
            clock,
        };
    }
}

/// What the `Date` of an answer says, which has whole seconds.
fn clock(headers: &HeaderMap, sent: SystemTime, received: SystemTime) -> Option<Clock> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let latest = date.checked_add(Duration::from_secs(1))?;
    let after = |later: SystemTime, earlier| {
        let by = later.duration_since(earlier).ok();
        by.filter(|by| !by.is_zero())
    };
    let ahead = after(date, received).map(Clock::Ahead);
    ahead.or_else(|| after(sent, latest).map(Clock::Behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_way_explains_is_no_difference_of_clocks() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let (sent, received) = (at(1_000), at(1_004));
        let rows = [
            (at(999), None),
            (at(1_000), None),
            (at(1_004), None),
            (at(1_010), Some(Clock::Ahead(Duration::from_secs(6)))),
            (at(990), Some(Clock::Behind(Duration::from_secs(9)))),
        ];
        for (date, wanted) in rows {
            let value = httpdate::fmt_http_date(date).parse().expect("it is one");
            let headers = HeaderMap::from_iter([(DATE, value)]);
            assert_eq!(clock(&headers, sent, received), wanted, "{date:?}");
        }
        let value = "yesterday".parse().expect("it is one");
        let headers = HeaderMap::from_iter([(DATE, value)]);
        assert_eq!(clock(&headers, sent, received), None);
        assert_eq!(clock(&HeaderMap::new(), sent, received), None);
    }
}
