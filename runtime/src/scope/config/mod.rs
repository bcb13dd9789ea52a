//! [`ScopeConfig`]: where a component sends its spans.

mod off;
mod target;
mod variables;

use std::fmt;
use std::time::Duration;

use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

pub use off::ScopeOff;
pub use variables::ScopeVariables;

use target::Target;
#[cfg(feature = "otlp")]
pub(crate) use target::is_loopback;

/// A value that nobody gets to read by formatting what it is in.
#[derive(Clone, Copy)]
struct Secret<T>(T);

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where a component sends its spans: the URL for traces of a collector, the dataset, and the token.
///
/// It is made of three variables, all of them or none, by [`scope_config!`](crate::scope_config) or by
/// [`ScopeVariables`]. The URL is `https`. Neither the token nor the query of the URL is in its `Debug`.
///
/// With the feature `otlp` it gives an [`exporter`](Self::exporter). For another one it has the [URL](Self::url), the
/// [headers](Self::headers) and the [timeout](Self::timeout).
#[derive(Clone, Debug)]
pub struct ScopeConfig {
    url: Target,
    dataset: HeaderValue,
    dataset_header: HeaderName,
    /// The whole value of `Authorization`.
    token: Secret<HeaderValue>,
    timeout: Duration,
}

impl ScopeConfig {
    /// How long an export may take, unless it is set.
    const TIMEOUT: Duration = Duration::from_secs(10);

    /// The URL that batches are posted to, whole. Its query may be a secret.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.url()
    }

    /// The dataset that the collector puts the spans into.
    #[must_use]
    pub fn dataset(&self) -> &str {
        // It was made of text.
        self.dataset.to_str().unwrap_or_default()
    }

    /// The headers of each request: `Authorization`, whose value is marked as sensitive, and that of the dataset.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([
            (AUTHORIZATION, self.token.0.clone()),
            (self.dataset_header.clone(), self.dataset.clone()),
        ])
    }

    /// How long one export may take, with what is tried again of it.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How long one export may take; ten seconds unless set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

#[cfg(feature = "otlp")]
impl ScopeConfig {
    /// Whether spans leave without TLS, which only tests on one machine can ask for.
    pub(super) fn is_plain(&self) -> bool {
        self.url.is_plain()
    }
}
