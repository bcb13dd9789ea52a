//! What is sent again, and when: as OTLP asks for it.

use std::time::{Duration, SystemTime};

use backon::ExponentialBuilder;
use http::header::{HeaderMap, RETRY_AFTER};
use reqwest::StatusCode;

/// Why a request did not bring the items to the collector.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) reason: String,
    pub(super) again: Again,
}

/// Whether the same request is worth another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    /// Not before this time, where the collector said one.
    After(Option<Duration>),
}

/// What the status of an answer that came now means for the batch.
pub(super) fn after(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Again {
    if !matches!(status.as_u16(), 429 | 502 | 503 | 504) {
        return Again::Never;
    }
    let value = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    Again::After(value.and_then(|value| wait(value.trim(), now)))
}

/// Seconds, or a date, of which one that is over asks for no wait.
fn wait(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// When it is tried again: three times, after half a second to one second, and twice as long each time.
pub(super) const fn policy() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_factor(2.0)
        // As much again at most, so that not everybody comes at the same time.
        .with_jitter()
        .with_max_times(3)
}

impl Failure {
    pub(super) fn may_pass(&self) -> bool {
        self.again != Again::Never
    }

    /// The wait before the next try, which is not before the collector asked for it.
    pub(super) fn no_sooner(&self, wait: Duration) -> Duration {
        match self.again {
            Again::After(Some(asked_for)) => wait.max(asked_for),
            Again::After(None) | Again::Never => wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use backon::BackoffBuilder as _;
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_may_pass_is_tried_again() {
        let none = HeaderMap::new();
        for status in [429, 502, 503, 504] {
            let status = StatusCode::from_u16(status).expect("it is one");
            assert_eq!(
                after(status, &none, UNIX_EPOCH),
                Again::After(None),
                "{status}"
            );
        }
        for status in [400, 401, 404, 408, 413, 500, 501, 307] {
            let status = StatusCode::from_u16(status).expect("it is one");
            assert_eq!(after(status, &none, UNIX_EPOCH), Again::Never, "{status}");
        }
    }

    #[test]
    fn a_collector_says_how_long_to_wait() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let rows = [
            ("7", Some(7)),
            ("soon", None),
            ("-1", None),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:49:44 GMT", Some(7)),
            ("Sun Nov  6 08:49:38 1994", Some(1)),
            ("Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:07", None),
        ];
        for (value, seconds) in rows {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
            let wanted = Again::After(seconds.map(Duration::from_secs));
            let again = after(StatusCode::TOO_MANY_REQUESTS, &headers, now);
            assert_eq!(again, wanted, "{value}");
            let failure = Failure {
                reason: String::new(),
                again,
            };
            let wait = failure.no_sooner(Duration::from_secs(1));
            assert_eq!(wait, Duration::from_secs(seconds.unwrap_or(1).max(1)));
        }
    }

    #[test]
    fn waits_double_and_keep_below_their_bound() {
        let waits: Vec<_> = policy().build().collect();
        assert_eq!(waits.len(), 3);
        for (retry, wait) in waits.into_iter().enumerate() {
            let bound = Duration::from_secs(1 << retry);
            assert!(wait >= bound / 2 && wait <= bound, "{retry}: {wait:?}");
        }
    }
}
