//! What a collector gets, in whatever form it comes.

use std::io::Read as _;

use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use crate::collector::Received;

/// The spans of a request in protobuf or JSON, compressed or not.
pub(crate) fn spans(request: &Received) -> Vec<Span> {
    let mut body = request.body.to_vec();
    if request.headers.contains_key("content-encoding") {
        assert_eq!(request.header("content-encoding"), "gzip");
        let mut decoded = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut decoded).unwrap();
        body = decoded;
    }
    let message: ExportTraceServiceRequest = match request.header("content-type") {
        "application/json" => serde_json::from_slice(&body).unwrap(),
        other => {
            assert_eq!(other, "application/x-protobuf");
            ExportTraceServiceRequest::decode(&body[..]).unwrap()
        }
    };
    let resources = message.resource_spans.into_iter();
    resources
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect()
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
