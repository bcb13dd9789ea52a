//! What a collector gets, in whatever form it comes.

use opentelemetry_proto::tonic::trace::v1::Span;

use crate::collector::Received;
use crate::decoded::spans_of;

/// The spans of a request in protobuf or JSON, compressed or not.
pub(crate) fn spans(request: &Received) -> Vec<Span> {
    spans_of(&request.headers, &request.body)
}

/// The names of all spans that came, in order.
pub(crate) fn names(requests: &[Received]) -> Vec<String> {
    let mut names: Vec<_> = requests
        .iter()
        .flat_map(spans)
        .map(|span| span.name)
        .collect();
    names.sort();
    names
}
