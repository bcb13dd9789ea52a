//! The body of a request, and what the body of an answer says.

use prost::Message as _;
use prost::bytes::Bytes;

use super::request::Request;

/// The most characters of a collector's text that are passed on.
const LONGEST_REASON: usize = 200;

/// What is passed on of a collector's text.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(LONGEST_REASON).collect()
}

/// How a request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Protobuf,
    #[cfg(feature = "telemetry")]
    Json,
}

impl Format {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            #[cfg(feature = "telemetry")]
            Self::Json => "application/json",
        }
    }
}

/// The bytes of a request.
#[cfg_attr(
    not(feature = "telemetry"),
    expect(clippy::unnecessary_wraps, reason = "JSON can fail")
)]
pub(super) fn encode(format: Format, request: &impl Request) -> Result<Bytes, String> {
    let body = match format {
        Format::Protobuf => request.encode_to_vec(),
        #[cfg(feature = "telemetry")]
        Format::Json => serde_json::to_vec(request).map_err(|error| error.to_string())?,
    };
    Ok(Bytes::from(body))
}

/// The same, compressed.
#[cfg(feature = "telemetry")]
pub(super) fn gzip(body: &[u8]) -> Result<Bytes, String> {
    use std::io::Write as _;

    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.map(Bytes::from).map_err(|error| error.to_string())
}

/// A collector took a batch, and not all of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    items: i64,
    reason: String,
}

impl Rejected {
    /// In words, of so many items.
    pub(super) fn told<R: Request>(&self, all: usize) -> String {
        let Self { items, reason } = self;
        let names = R::ITEMS;
        format!("the collector rejected {items} of {all} {names}: {reason}")
    }
}

/// What a collector rejected of a batch that it took. An answer that cannot be read says nothing.
pub(super) fn rejected<R: Request>(format: Format, answer: &[u8]) -> Option<Rejected> {
    let (items, reason) = match format {
        Format::Protobuf => R::rejected(R::Answer::decode(answer).ok()?)?,
        #[cfg(feature = "telemetry")]
        Format::Json => rejected_in_json(answer, R::REJECTED)?,
    };
    (items > 0).then(|| Rejected {
        items,
        reason: shortened(&reason),
    })
}

/// Not by the type of the message: that does not read numbers in quotes, as which JSON has those of 64 bits.
#[cfg(feature = "telemetry")]
fn rejected_in_json(answer: &[u8], name: &str) -> Option<(i64, String)> {
    let answer: serde_json::Value = serde_json::from_slice(answer).ok()?;
    let partial = answer.get("partialSuccess")?;
    let items = partial.get(name)?;
    let items = items
        .as_i64()
        .or_else(|| items.as_str()?.parse().ok())
        .unwrap_or_default();
    let reason = partial.get("errorMessage").and_then(|text| text.as_str());
    Some((items, reason.unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::{
        ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
    };

    use super::*;

    type Spans = ExportTraceServiceRequest;

    fn answer(rejected_spans: i64) -> ExportTraceServiceResponse {
        ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans,
                error_message: "too old".repeat(100),
            }),
        }
    }

    #[test]
    fn what_a_collector_rejects_is_told_and_bounded() {
        let found = rejected::<Spans>(Format::Protobuf, &answer(3).encode_to_vec());
        let told = found.expect("three were rejected").told::<Spans>(5);
        assert!(
            told.starts_with("the collector rejected 3 of 5 spans: too old"),
            "{told}"
        );
        assert!(told.len() < 300, "{told}");
    }

    #[test]
    fn an_answer_that_rejects_nothing_or_cannot_be_read_says_nothing() {
        for body in [answer(0).encode_to_vec(), Vec::new(), vec![0xff; 9]] {
            assert_eq!(rejected::<Spans>(Format::Protobuf, &body), None);
        }
    }

    #[cfg(feature = "telemetry")]
    #[test]
    fn the_same_is_read_of_json() {
        for spans in ["2", "\"2\""] {
            let body = format!(
                r#"{{"partialSuccess":{{"rejectedSpans":{spans},"errorMessage":"full"}}}}"#
            );
            let found = rejected::<Spans>(Format::Json, body.as_bytes());
            let told = found.map(|rejected| rejected.told::<Spans>(2));
            let wanted = "the collector rejected 2 of 2 spans: full";
            assert_eq!(told.as_deref(), Some(wanted));
        }
        for body in ["", "{}", "{\"partialSuccess\":{}}", "<html>"] {
            assert_eq!(
                rejected::<Spans>(Format::Json, body.as_bytes()),
                None,
                "{body}"
            );
        }
    }
}
