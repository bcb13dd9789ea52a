//! What a collector gets, in whatever form it comes.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::trace::v1::Span;

use crate::collector::Received;
use crate::decoded::{message_of, spans_of};

/// The spans of a request in protobuf or JSON, compressed or not.
pub(crate) fn spans(request: &Received) -> Vec<Span> {
    spans_of(&request.headers, &request.body)
}

/// The log records of all requests for logs, each with the name of its instrumentation scope, in order of time.
pub(crate) fn logs(requests: &[Received]) -> Vec<(String, LogRecord)> {
    let mut records = Vec::new();
    for request in requests {
        if !request.uri.path().ends_with("/v1/logs") {
            continue;
        }
        let message: ExportLogsServiceRequest = message_of(&request.headers, &request.body);
        let resources = message.resource_logs.into_iter();
        for scope in resources.flat_map(|resource| resource.scope_logs) {
            let name = scope.scope.unwrap_or_default().name;
            records.extend(scope.log_records.into_iter().map(|log| (name.clone(), log)));
        }
    }
    records.sort_by_key(|(_, log)| log.time_unix_nano);
    records
}

/// A text.
pub(crate) fn text(value: Option<&AnyValue>) -> &str {
    match value.and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text,
        other => panic!("{other:?}"),
    }
}

/// What the records of all requests say, in order of time.
pub(crate) fn bodies(requests: &[Received]) -> Vec<String> {
    let logs = logs(requests);
    logs.iter()
        .map(|(_, log)| text(log.body.as_ref()).to_owned())
        .collect()
}

/// The names of all spans that came, in order.
pub(crate) fn names(requests: &[Received]) -> Vec<String> {
    let mut names: Vec<_> = requests
        .iter()
        .filter(|request| !request.uri.path().ends_with("/v1/logs"))
        .flat_map(spans)
        .map(|span| span.name)
        .collect();
    names.sort();
    names
}
