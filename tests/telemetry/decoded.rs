//! The spans of a request, in whatever form it comes.

use std::io::Read as _;

use axum::http::HeaderMap;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// The spans of a request in protobuf or JSON, compressed or not.
pub(crate) fn spans_of(headers: &HeaderMap, body: &[u8]) -> Vec<Span> {
    let mut body = body.to_vec();
    if let Some(encoding) = headers.get("content-encoding") {
        assert_eq!(encoding, "gzip");
        let mut decoded = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut decoded).unwrap();
        body = decoded;
    }
    let message: ExportTraceServiceRequest = match headers["content-type"].to_str() {
        Ok("application/json") => serde_json::from_slice(&body).unwrap(),
        other => {
            assert_eq!(other.ok(), Some("application/x-protobuf"));
            ExportTraceServiceRequest::decode(&body[..]).unwrap()
        }
    };
    let resources = message.resource_spans.into_iter();
    resources
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect()
}
