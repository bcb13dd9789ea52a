//! [`Request`]: what the signals have in common where they are sent.

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;

/// What one request has, which is one signal.
#[cfg(not(feature = "telemetry"))]
pub(crate) trait Body: Message {}

#[cfg(not(feature = "telemetry"))]
impl<T: Message> Body for T {}

/// What one request has, which is one signal; also in JSON.
#[cfg(feature = "telemetry")]
pub(crate) trait Body: Message + serde::Serialize {}

#[cfg(feature = "telemetry")]
impl<T: Message + serde::Serialize> Body for T {}

/// A request of OTLP.
pub(crate) trait Request: Body {
    type Answer: Message + Default;

    /// What it sends, in words.
    const ITEMS: &'static str;

    /// Where an answer in JSON has the number of those that were rejected.
    #[cfg(feature = "telemetry")]
    const REJECTED: &'static str;

    /// How many items were rejected, and why.
    fn rejected(answer: Self::Answer) -> Option<(i64, String)>;
}

impl Request for ExportTraceServiceRequest {
    type Answer = ExportTraceServiceResponse;

    const ITEMS: &'static str = "spans";

    #[cfg(feature = "telemetry")]
    const REJECTED: &'static str = "rejectedSpans";

    fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
        let partial = answer.partial_success?;
        Some((partial.rejected_spans, partial.error_message))
    }
}

#[cfg(feature = "telemetry")]
mod others {
    use opentelemetry_proto::tonic::collector::logs::v1::{
        ExportLogsServiceRequest, ExportLogsServiceResponse,
    };
    use opentelemetry_proto::tonic::collector::metrics::v1::{
        ExportMetricsServiceRequest, ExportMetricsServiceResponse,
    };

    use super::Request;

    impl Request for ExportMetricsServiceRequest {
        type Answer = ExportMetricsServiceResponse;

        const ITEMS: &'static str = "data points";
        const REJECTED: &'static str = "rejectedDataPoints";

        fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
            let partial = answer.partial_success?;
            Some((partial.rejected_data_points, partial.error_message))
        }
    }

    impl Request for ExportLogsServiceRequest {
        type Answer = ExportLogsServiceResponse;

        const ITEMS: &'static str = "log records";
        const REJECTED: &'static str = "rejectedLogRecords";

        fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
            let partial = answer.partial_success?;
            Some((partial.rejected_log_records, partial.error_message))
        }
    }
}
