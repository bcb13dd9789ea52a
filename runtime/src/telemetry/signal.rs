//! [`Signal`]: what is exported, and how its variables are called.

/// One of the signals of OpenTelemetry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    /// The variable that names its exporters.
    pub(super) const fn exporters(self) -> &'static str {
        match self {
            Self::Traces => "OTEL_TRACES_EXPORTER",
            Self::Metrics => "OTEL_METRICS_EXPORTER",
            Self::Logs => "OTEL_LOGS_EXPORTER",
        }
    }

    /// Two variables for a subject of OTLP: that for this signal, and that for all.
    pub(super) fn otlp(self, subject: &str) -> [String; 2] {
        let signal = match self {
            Self::Traces => "TRACES",
            Self::Metrics => "METRICS",
            Self::Logs => "LOGS",
        };
        [
            format!("OTEL_EXPORTER_OTLP_{signal}_{subject}"),
            format!("OTEL_EXPORTER_OTLP_{subject}"),
        ]
    }

    /// Where it is below a base URL.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Traces => "v1/traces",
            Self::Metrics => "v1/metrics",
            Self::Logs => "v1/logs",
        }
    }
}
