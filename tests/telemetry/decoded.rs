//! What a request has, in whatever form it comes.

use std::io::Read as _;

use axum::http::HeaderMap;
use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde::de::DeserializeOwned;

/// The message of a request in protobuf or JSON, compressed or not.
pub(crate) fn message_of<M>(headers: &HeaderMap, body: &[u8]) -> M
where
    M: Message + Default + DeserializeOwned,
{
    let mut body = body.to_vec();
    if let Some(encoding) = headers.get("content-encoding") {
        assert_eq!(encoding, "gzip");
        let mut decoded = Vec::new();
        GzDecoder::new(&body[..]).read_to_end(&mut decoded).unwrap();
        body = decoded;
    }
    match headers["content-type"].to_str() {
        Ok("application/json") => serde_json::from_slice(&body).unwrap(),
        other => {
            assert_eq!(other.ok(), Some("application/x-protobuf"));
            M::decode(&body[..]).unwrap()
        }
    }
}

/// The spans of a request.
pub(crate) fn spans_of(headers: &HeaderMap, body: &[u8]) -> Vec<Span> {
    let message: ExportTraceServiceRequest = message_of(headers, body);
    let resources = message.resource_spans.into_iter();
    resources
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect()
}
