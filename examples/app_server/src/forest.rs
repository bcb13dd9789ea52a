//! The traces that came of a session: drawn as trees, and checked for holes.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use tracing_relay::semconv::OUTCOME;

use crate::collector::SpanRecord;
use crate::session::Played;

/// Spans by trace. Displays as trees, in the order in which they began.
#[derive(Clone, Debug)]
pub struct Forest {
    traces: Vec<Trace>,
}

/// The spans of a trace, in the order of their starts.
#[derive(Clone, Debug)]
struct Trace {
    id: String,
    spans: Vec<SpanRecord>,
}

impl Forest {
    /// Sorts spans into their traces.
    #[must_use]
    pub fn new(mut spans: Vec<SpanRecord>) -> Self {
        spans.sort_by_key(|span| span.start);
        let mut traces: Vec<Trace> = Vec::new();
        let mut known = BTreeMap::new();
        for span in spans {
            let index = *known.entry(span.trace_id.clone()).or_insert_with(|| {
                traces.push(Trace {
                    id: span.trace_id.clone(),
                    spans: Vec::new(),
                });
                traces.len() - 1
            });
            traces[index].spans.push(span);
        }
        Self { traces }
    }

    /// What is wrong with the traces, if they are to be those of this session: there is one for each
    /// request and each of them is whole.
    #[must_use]
    pub fn problems(&self, played: &Played) -> Vec<String> {
        let given: Vec<_> = played
            .given
            .iter()
            .map(|context| {
                (
                    context.trace_id().to_string(),
                    context.span_id().to_string(),
                )
            })
            .collect();
        let mut problems = Vec::new();
        let mut requests = 0;
        let mut turns = 0;
        let mut roots = 0;
        for trace in &self.traces {
            for span in &trace.spans {
                if let Some(parent) = &span.parent_id
                    && trace.span(parent).is_none()
                    && !given.contains(&(trace.id.clone(), parent.clone()))
                {
                    problems.push(format!("{span}: its parent {parent} is missing"));
                }
                match span.name.as_str() {
                    "app_server.request" => requests += 1,
                    "turn" => turns += 1,
                    _ => {}
                }
                if span.kind == "client" && trace.children(&span.span_id).count() != 1 {
                    problems.push(format!("{span}: nobody continued the trace"));
                }
            }
            for root in trace.roots() {
                roots += 1;
                if !matches!(root.name.as_str(), "app_server.call" | "app_server.request") {
                    problems.push(format!("{root}: a request begins otherwise"));
                }
            }
        }
        for (what, found, expected) in [
            ("requests", requests, played.requests),
            ("turns", turns, played.turns),
            ("beginnings", roots, played.requests),
        ] {
            if found != expected {
                problems.push(format!(
                    "the traces have {found} {what}, the session {expected}"
                ));
            }
        }
        problems
    }
}

impl Trace {
    fn span(&self, id: &str) -> Option<&SpanRecord> {
        self.spans.iter().find(|span| span.span_id == id)
    }

    /// The spans whose parent is not in the trace.
    fn roots(&self) -> impl Iterator<Item = &SpanRecord> {
        self.spans.iter().filter(|span| {
            let parent = span.parent_id.as_deref();
            parent.is_none_or(|parent| self.span(parent).is_none())
        })
    }

    fn children(&self, id: &str) -> impl Iterator<Item = &SpanRecord> {
        self.spans
            .iter()
            .filter(move |span| span.parent_id.as_deref() == Some(id))
    }

    /// Each span with the branches that lead to it, parents first.
    fn rows(&self) -> Vec<(String, &SpanRecord)> {
        let mut rows = Vec::new();
        for root in self.roots() {
            self.add_rows(root, String::new(), "", &mut rows);
        }
        rows
    }

    fn add_rows<'a>(
        &'a self,
        span: &'a SpanRecord,
        branch: String,
        below: &str,
        rows: &mut Vec<(String, &'a SpanRecord)>,
    ) {
        rows.push((branch, span));
        let mut children = self.children(&span.span_id).peekable();
        while let Some(child) = children.next() {
            let (branch, stem) = if children.peek().is_some() {
                ("├─ ", "│  ")
            } else {
                ("└─ ", "   ")
            };
            self.add_rows(
                child,
                format!("{below}{branch}"),
                &format!("{below}{stem}"),
                rows,
            );
        }
    }

    /// The methods of the requests in the trace.
    fn title(&self) -> String {
        let requests = self
            .spans
            .iter()
            .filter(|span| span.name == "app_server.request");
        let methods: Vec<_> = requests
            .filter_map(|span| span.attribute("rpc.method"))
            .collect();
        methods.join(", ")
    }
}

impl fmt::Display for Forest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = self.traces.iter().map(Trace::rows).collect();
        let width = rows
            .iter()
            .flatten()
            .map(|(branch, span)| branch.chars().count() + span.name.chars().count())
            .max()
            .unwrap_or_default();
        for (number, (trace, rows)) in self.traces.iter().zip(&rows).enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            writeln!(f, "trace {} {}", trace.id, trace.title())?;
            for (branch, span) in rows {
                let label = format!("{branch}{}", span.name);
                write!(
                    f,
                    "  {label:width$}  {:8}  {:6}  {:>9}  {}",
                    span.kind,
                    span.process,
                    milliseconds(span.duration),
                    span.attribute(OUTCOME).unwrap_or("-")
                )?;
                match span.error.as_deref() {
                    None | Some("") => writeln!(f)?,
                    Some(error) => writeln!(f, ": {error}")?,
                }
            }
        }
        Ok(())
    }
}

/// The span, to find it in the tree.
impl fmt::Display for SpanRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} of trace {}",
            self.name, self.span_id, self.trace_id
        )
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.3} ms", duration.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use tracing_relay::TraceContext;

    use super::*;

    fn span(id: &str, parent: Option<&str>, name: &str, kind: &str) -> SpanRecord {
        SpanRecord {
            process: "server".to_owned(),
            trace_id: "t".to_owned(),
            span_id: id.to_owned(),
            parent_id: parent.map(ToOwned::to_owned),
            name: name.to_owned(),
            kind: kind.to_owned(),
            start: Duration::ZERO,
            duration: Duration::from_micros(1500),
            error: None,
            attributes: BTreeMap::new(),
        }
    }

    fn whole() -> Vec<SpanRecord> {
        vec![
            span("1", None, "app_server.call", "client"),
            span("2", Some("1"), "app_server.request", "server"),
            span("3", Some("2"), "submission_dispatch", "consumer"),
            span("4", Some("3"), "turn", "internal"),
            span("5", Some("4"), "run_turn", "internal"),
            span("6", Some("5"), "model_request", "client"),
            span("7", Some("6"), "POST /v1/responses", "server"),
        ]
    }

    const PLAYED: Played = Played {
        requests: 1,
        turns: 1,
        given: Vec::new(),
    };

    #[test]
    fn a_whole_trace_has_no_problems() {
        assert_eq!(Forest::new(whole()).problems(&PLAYED), [""; 0]);
    }

    #[test]
    fn any_span_that_is_missing_is_noticed() {
        for missing in 0..whole().len() {
            let mut spans = whole();
            let missing = spans.remove(missing);
            let problems = Forest::new(spans).problems(&PLAYED);
            assert!(!problems.is_empty(), "{missing}");
        }
    }

    #[test]
    fn a_trace_that_broke_in_two_is_noticed() {
        for broken in 1..whole().len() {
            let mut spans = whole();
            spans[broken].parent_id = None;
            for span in &mut spans[broken..] {
                span.trace_id = "another".to_owned();
            }
            let problems = Forest::new(spans).problems(&PLAYED);
            assert!(!problems.is_empty(), "{broken}");
        }
    }

    #[test]
    fn a_missing_trace_is_noticed() {
        let problems = Forest::new(Vec::new()).problems(&PLAYED);
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn a_parent_that_the_session_named_is_not_missed() {
        let given: TraceContext = "00-00000000000000000000000000000011-0000000000000022-01"
            .parse()
            .expect("valid");
        let mut request = span(
            "2",
            Some("0000000000000022"),
            "app_server.request",
            "server",
        );
        request.trace_id = given.trace_id().to_string();
        let played = Played {
            requests: 1,
            turns: 0,
            given: vec![given],
        };
        assert_eq!(Forest::new(vec![request]).problems(&played), [""; 0]);
    }
}
