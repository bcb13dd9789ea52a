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

    /// The path of its method over gRPC.
    #[cfg(feature = "grpc")]
    const METHOD: &'static str;

    /// Where an answer in JSON has the number of those that were rejected.
    #[cfg(feature = "telemetry")]
    const REJECTED: &'static str;

    /// How many items were rejected, and why.
    fn rejected(answer: Self::Answer) -> Option<(i64, String)>;
}

impl Request for ExportTraceServiceRequest {
    type Answer = ExportTraceServiceResponse;

    const ITEMS: &'static str = "spans";

    #[cfg(feature = "grpc")]
    const METHOD: &'static str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

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
        #[cfg(feature = "grpc")]
        const METHOD: &'static str =
            "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
        const REJECTED: &'static str = "rejectedDataPoints";

        fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
            let partial = answer.partial_success?;
            Some((partial.rejected_data_points, partial.error_message))
        }
    }

    impl Request for ExportLogsServiceRequest {
        type Answer = ExportLogsServiceResponse;

        const ITEMS: &'static str = "log records";
        #[cfg(feature = "grpc")]
        const METHOD: &'static str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
        const REJECTED: &'static str = "rejectedLogRecords";

        fn rejected(answer: Self::Answer) -> Option<(i64, String)> {
            let partial = answer.partial_success?;
            Some((partial.rejected_log_records, partial.error_message))
        }
    }
}

#[cfg(all(test, feature = "grpc"))]
mod tests {
    use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
    use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server as logs;
    use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
    use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server as metrics;
    use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server as traces;

    use super::*;

    #[test]
    fn each_request_calls_the_method_of_its_service() {
        let rows = [
            (ExportTraceServiceRequest::METHOD, traces::SERVICE_NAME),
            (ExportMetricsServiceRequest::METHOD, metrics::SERVICE_NAME),
            (ExportLogsServiceRequest::METHOD, logs::SERVICE_NAME),
        ];
        for (method, service) in rows {
            assert_eq!(method, format!("/{service}/Export"));
        }
    }
}
