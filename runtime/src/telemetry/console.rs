//! [`Console`]: spans as trees on standard error, for whoever develops a service.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{SpanId, TraceId};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// Writes each batch as it comes. A span whose parent is in another batch is a root, and names its parent.
#[derive(Debug)]
pub(super) struct Console;

impl SpanExporter for Console {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        // Not `eprint`, which panics where nobody reads.
        io::stderr()
            .write_all(shown(&batch).as_bytes())
            .map_err(|error| OTelSdkError::InternalFailure(format!("standard error: {error}")))
    }
}

/// The trees of a batch, a line a span.
fn shown(batch: &[SpanData]) -> String {
    let mut text = String::new();
    let mut traces: Vec<TraceId> = Vec::new();
    let mut of_trace: HashMap<TraceId, Vec<&SpanData>> = HashMap::new();
    for span in batch {
        let id = span.span_context.trace_id();
        of_trace
            .entry(id)
            .or_insert_with(|| {
                traces.push(id);
                Vec::new()
            })
            .push(span);
    }
    for id in traces {
        let _ = writeln!(text, "trace {id}");
        let mut spans = of_trace.remove(&id).unwrap_or_default();
        spans.sort_by_key(|span| span.start_time);
        show_trace(&spans, &mut text);
    }
    text
}

/// Without recursion: a trace may be deeper than a stack.
fn show_trace(spans: &[&SpanData], text: &mut String) {
    let here: HashSet<SpanId> = spans.iter().map(|span| id_of(span)).collect();
    let mut children: HashMap<SpanId, Vec<&SpanData>> = HashMap::new();
    let mut open = Vec::new();
    for span in spans {
        if here.contains(&span.parent_span_id) && span.parent_span_id != id_of(span) {
            children.entry(span.parent_span_id).or_default().push(span);
        } else {
            open.push((0, *span));
        }
    }
    open.reverse();
    while let Some((depth, span)) = open.pop() {
        show_span(depth, span, text);
        let below = children.remove(&id_of(span)).unwrap_or_default();
        open.extend(below.into_iter().rev().map(|span| (depth + 1, span)));
    }
}

fn id_of(span: &SpanData) -> SpanId {
    span.span_context.span_id()
}

fn show_span(depth: usize, span: &SpanData, text: &mut String) {
    let kind = match span.span_kind {
        SpanKind::Client => "client",
        SpanKind::Server => "server",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal => "internal",
    };
    let took = span.end_time.duration_since(span.start_time);
    let took = took.unwrap_or(Duration::ZERO);
    // Further in than this no line is read.
    let indent = 2 * (depth + 1).min(40);
    let _ = write!(text, "{:indent$}{kind} {} {took:.1?}", "", span.name);
    if let Status::Error { description } = &span.status {
        let _ = write!(text, " error {description:?}");
    }
    if depth == 0 && span.parent_span_id != SpanId::INVALID {
        let _ = write!(text, " below {}", span.parent_span_id);
    }
    for attribute in &span.attributes {
        // Line breaks of a value would look like other spans.
        let value = attribute.value.to_string();
        let _ = write!(text, " {}={}", attribute.key, value.escape_debug());
    }
    if !span.events.is_empty() {
        let _ = write!(text, " ({} events)", span.events.len());
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use opentelemetry::trace::{SpanContext, TraceFlags, TraceState};
    use opentelemetry::{InstrumentationScope, KeyValue};
    use opentelemetry_sdk::trace::{SpanEvents, SpanLinks};

    use super::*;

    fn span(name: &'static str, trace: u128, id: u64, parent: u64, start: u64) -> SpanData {
        let at = |milliseconds| SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds);
        SpanData {
            span_context: SpanContext::new(
                TraceId::from(trace),
                SpanId::from(id),
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            ),
            parent_span_id: SpanId::from(parent),
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: name.into(),
            start_time: at(start),
            end_time: at(10),
            attributes: vec![KeyValue::new("k", "a\nb")],
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: InstrumentationScope::default(),
        }
    }

    #[test]
    fn a_batch_is_shown_as_the_trees_of_its_traces() {
        let mut failed = span("late", 1, 4, 2, 6);
        failed.status = Status::error("it failed");
        let batch = [
            failed,
            span("other", 2, 5, 9, 0),
            span("early", 1, 3, 2, 5),
            span("root", 1, 2, 0, 1),
        ];
        let wanted = "\
trace 00000000000000000000000000000001
  internal root 9.0ms k=a\\nb
    internal early 5.0ms k=a\\nb
    internal late 4.0ms error \"it failed\" k=a\\nb
trace 00000000000000000000000000000002
  internal other 10.0ms below 0000000000000009 k=a\\nb
";
        assert_eq!(shown(&batch), wanted);
    }

    #[test]
    fn spans_that_are_below_themselves_cost_no_more_than_their_lines() {
        let itself = [span("itself", 1, 1, 1, 0)];
        assert_eq!(shown(&itself).lines().count(), 2);
        let deep: Vec<_> = (0..20_000)
            .map(|id| span("deep", 1, id + 1, id, id))
            .collect();
        assert_eq!(shown(&deep).lines().count(), 20_001);
    }
}
