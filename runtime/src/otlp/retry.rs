//! What is sent again, and when: as OTLP asks for it.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use http::header::{HeaderMap, RETRY_AFTER};
use reqwest::StatusCode;

/// How often a batch is sent again.
pub(super) const RETRIES: u32 = 3;

/// The longest wait before the first of them.
const FIRST: Duration = Duration::from_secs(1);

/// Why a request did not bring the spans to the collector.
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

/// What the status of an answer means for the batch.
pub(super) fn after(status: StatusCode, headers: &HeaderMap) -> Again {
    if !matches!(status.as_u16(), 429 | 502 | 503 | 504) {
        return Again::Never;
    }
    let seconds = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Again::After(seconds.map(Duration::from_secs))
}

/// How long to wait before a retry, counted from 0: twice as long each time, and not the same for everybody.
pub(super) fn wait(retry: u32, asked_for: Option<Duration>) -> Duration {
    let longest = FIRST.saturating_mul(1 << retry.min(8));
    // The hasher of a map has a random seed.
    let random = RandomState::new().build_hasher().finish() & 0xff;
    let part = u32::try_from(random).unwrap_or_default();
    let wait = longest / 2 + longest / 2 * part / 256;
    wait.max(asked_for.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn what_may_pass_is_tried_again() {
        let none = HeaderMap::new();
        for status in [429, 502, 503, 504] {
            let status = StatusCode::from_u16(status).expect("it is one");
            assert_eq!(after(status, &none), Again::After(None), "{status}");
        }
        for status in [400, 401, 404, 408, 413, 500, 501, 307] {
            let status = StatusCode::from_u16(status).expect("it is one");
            assert_eq!(after(status, &none), Again::Never, "{status}");
        }
    }

    #[test]
    fn a_collector_says_how_long_to_wait() {
        let rows = [("7", Some(7)), ("soon", None), ("-1", None)];
        for (value, seconds) in rows {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
            let wanted = Again::After(seconds.map(Duration::from_secs));
            assert_eq!(after(StatusCode::TOO_MANY_REQUESTS, &headers), wanted);
        }
        assert!(wait(0, Some(Duration::from_secs(7))) >= Duration::from_secs(7));
    }

    #[test]
    fn waits_double_and_keep_below_their_bound() {
        for retry in 0..4 {
            let bound = Duration::from_secs(1 << retry);
            let wait = wait(retry, None);
            assert!(wait >= bound / 2 && wait <= bound, "{retry}: {wait:?}");
        }
    }
}
