//! [`OtelError`]: why there is no provider, or no metric.

use std::error::Error;
use std::fmt;
use std::io;

/// Why there is no provider, or why it could not do what it was asked. It has no value of a header in it.
#[derive(Debug)]
#[non_exhaustive]
pub enum OtelError {
    /// The settings of an exporter cannot be used.
    Exporter {
        /// The field of the settings.
        setting: &'static str,
        /// What is wrong.
        source: io::Error,
    },
    /// A secret is to come from this variable, which is unset, empty, or no Unicode.
    Secret {
        /// The field of the settings.
        setting: &'static str,
        /// The name of the variable.
        variable: String,
    },
    /// `statsig` takes metrics, and no other signal.
    MetricsAlone {
        /// The field of the settings.
        setting: &'static str,
    },
    /// The system cannot start a thread.
    Thread(io::Error),
    /// The last metrics were refused, or not exported in time.
    Metrics,
}

impl fmt::Display for OtelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exporter { setting, source } => write!(f, "`{setting}` cannot be used: {source}"),
            Self::Secret { setting, variable } => write!(
                f,
                "`{setting}` wants a secret from the variable `{variable}`, which is not set"
            ),
            Self::MetricsAlone { setting } => write!(
                f,
                "`{setting}` cannot be `statsig`, which takes metrics alone: write it for `metrics_exporter`"
            ),
            Self::Thread(_) => f.write_str("the exporting thread cannot be started"),
            Self::Metrics => f.write_str("the last metrics were not exported"),
        }
    }
}

impl Error for OtelError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Thread(error) => Some(error),
            // The source of that one is in its text.
            Self::Exporter { .. }
            | Self::Secret { .. }
            | Self::MetricsAlone { .. }
            | Self::Metrics => None,
        }
    }
}
