//! What a collector has: spans, and the requests that they came with.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::{Deserialize, Serialize};

/// What a collector has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// The requests, in the order in which they came.
    pub requests: Vec<Request>,
    /// The spans.
    pub spans: Vec<SpanRecord>,
}

/// A request with spans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The path.
    pub path: String,
    /// The headers that are text.
    pub headers: BTreeMap<String, String>,
}

/// A span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanRecord {
    /// The attributes of its service.
    pub resource: BTreeMap<String, String>,
    /// The id of its trace, in hexadecimal digits.
    pub trace_id: String,
    /// Its id.
    pub span_id: String,
    /// The id of its parent, if it has one.
    pub parent_id: Option<String>,
    /// Its name.
    pub name: String,
    /// When it began and ended, in nanoseconds since 1970.
    pub time: (u64, u64),
    /// The text of its status, if that is an error.
    pub error: Option<String>,
    /// Its attributes, as text.
    pub attributes: BTreeMap<String, String>,
    /// What it is linked to.
    pub links: Vec<SpanLink>,
}

/// A span that another one is linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanLink {
    /// The id of its trace.
    pub trace_id: String,
    /// Its id.
    pub span_id: String,
    /// The attributes of the link, as text.
    pub attributes: BTreeMap<String, String>,
}

impl Dataset {
    /// Adds what came in a request.
    pub fn receive(&mut self, request: Request, body: ExportTraceServiceRequest) {
        self.requests.push(request);
        for of_resource in body.resource_spans {
            let resource = of_resource.resource.unwrap_or_default();
            let resource = texts(&resource.attributes);
            let spans = of_resource.scope_spans.into_iter();
            let spans = spans.flat_map(|scope| scope.spans);
            self.spans
                .extend(spans.map(|span| SpanRecord::new(&resource, &span)));
        }
    }

    /// All ids that are in it: of traces, of spans, and of spans that others name.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<&str> {
        let ids = self.spans.iter().flat_map(|span| {
            let links = span.links.iter();
            let links = links.flat_map(|link| [&link.trace_id, &link.span_id]);
            [&span.trace_id, &span.span_id]
                .into_iter()
                .chain(&span.parent_id)
                .chain(links)
                .map(String::as_str)
        });
        ids.collect()
    }

    /// The spans whose parent is not here, or is in another trace.
    #[must_use]
    pub fn orphans(&self) -> Vec<&SpanRecord> {
        let known: BTreeSet<_> = self
            .spans
            .iter()
            .map(|span| (&span.trace_id, &span.span_id))
            .collect();
        let orphans = self.spans.iter().filter(|span| {
            let parent = span.parent_id.as_ref();
            parent.is_some_and(|parent| !known.contains(&(&span.trace_id, parent)))
        });
        orphans.collect()
    }

    /// The spans with this name, in the order of their starts.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<&SpanRecord> {
        let mut named: Vec<_> = self.spans.iter().filter(|span| span.name == name).collect();
        named.sort_by_key(|span| span.time);
        named
    }
}

impl SpanRecord {
    fn new(resource: &BTreeMap<String, String>, span: &Span) -> Self {
        let status = span.status.as_ref();
        let status = status.filter(|status| status.code() == StatusCode::Error);
        let links = span.links.iter();
        Self {
            resource: resource.clone(),
            trace_id: hex(&span.trace_id),
            span_id: hex(&span.span_id),
            parent_id: (!span.parent_span_id.is_empty()).then(|| hex(&span.parent_span_id)),
            name: span.name.clone(),
            time: (span.start_time_unix_nano, span.end_time_unix_nano),
            error: status.map(|status| status.message.clone()),
            attributes: texts(&span.attributes),
            links: links
                .map(|link| SpanLink {
                    trace_id: hex(&link.trace_id),
                    span_id: hex(&link.span_id),
                    attributes: texts(&link.attributes),
                })
                .collect(),
        }
    }

    /// Whether the other span is its parent.
    #[must_use]
    pub fn is_child_of(&self, other: &Self) -> bool {
        self.trace_id == other.trace_id && self.parent_id.as_ref() == Some(&other.span_id)
    }

    /// Whether it is linked to the other span.
    #[must_use]
    pub fn is_linked_to(&self, other: &Self) -> bool {
        let mut links = self.links.iter();
        links.any(|link| link.trace_id == other.trace_id && link.span_id == other.span_id)
    }
}

/// The ids that are in both datasets.
#[must_use]
pub fn shared_ids<'a>(one: &'a Dataset, other: &'a Dataset) -> Vec<&'a str> {
    one.ids().intersection(&other.ids()).copied().collect()
}

fn hex(id: &[u8]) -> String {
    let digits: Vec<_> = id.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

fn texts(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let texts = attributes
        .iter()
        .map(|attribute| (attribute.key.clone(), text(attribute.value.as_ref())));
    texts.collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::BoolValue(value)) => value.to_string(),
        Some(Value::IntValue(value)) => value.to_string(),
        Some(Value::DoubleValue(value)) => value.to_string(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(trace: &str, id: &str, parent: Option<&str>) -> SpanRecord {
        SpanRecord {
            resource: BTreeMap::new(),
            trace_id: trace.to_owned(),
            span_id: id.to_owned(),
            parent_id: parent.map(ToOwned::to_owned),
            name: "name".to_owned(),
            time: (0, 0),
            error: None,
            attributes: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    fn dataset(spans: impl IntoIterator<Item = SpanRecord>) -> Dataset {
        Dataset {
            requests: Vec::new(),
            spans: spans.into_iter().collect(),
        }
    }

    #[test]
    fn an_id_in_both_datasets_is_noticed_wherever_it_is() {
        let product = dataset([span("t", "s", None)]);
        for (user, shared) in [
            (span("u", "v", None), None),
            (span("t", "v", None), Some("t")),
            (span("u", "s", None), Some("s")),
            (span("u", "v", Some("s")), Some("s")),
        ] {
            let user = dataset([user]);
            assert_eq!(shared_ids(&product, &user), Vec::from_iter(shared));
        }
        let mut linked = span("u", "v", None);
        linked.links.push(SpanLink {
            trace_id: "t".to_owned(),
            span_id: "s".to_owned(),
            attributes: BTreeMap::new(),
        });
        assert_eq!(shared_ids(&product, &dataset([linked])), ["s", "t"]);
    }

    #[test]
    fn a_span_whose_parent_is_elsewhere_is_an_orphan() {
        let root = span("t", "1", None);
        let child = span("t", "2", Some("1"));
        let missing = span("t", "3", Some("4"));
        let elsewhere = span("u", "5", Some("1"));
        let all = dataset([root, child, missing.clone(), elsewhere.clone()]);
        assert_eq!(all.orphans(), [&missing, &elsewhere]);
    }
}
