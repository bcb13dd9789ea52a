//! The traces that came of a session: drawn as trees, and checked for holes.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use tracing_relay::semconv::OUTCOME;

use crate::collector::{SpanLink, SpanRecord};
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

    /// What is wrong with the traces, if they are to be those of this session over this transport:
    /// each request has one, and it is whole.
    #[must_use]
    pub fn problems(&self, transport: &str, played: &Played) -> Vec<String> {
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
        let mut beginnings = 0;
        for trace in &self.traces {
            for span in &trace.spans {
                if let Some(parent) = &span.parent_id
                    && trace.span(parent).is_none()
                    && !given.contains(&(trace.id.clone(), parent.clone()))
                {
                    problems.push(format!("{span}: its parent {parent} is missing"));
                }
                for link in &span.links {
                    if self.linked(link).is_none() {
                        problems.push(format!(
                            "{span}: span {} of trace {}, which it is linked to, is missing",
                            link.span_id, link.trace_id
                        ));
                    }
                }
                if is_request(span) {
                    requests += 1;
                    let came_over = span.attribute("rpc.transport").unwrap_or("nothing");
                    if came_over != transport {
                        problems.push(format!("{span}: it came over {came_over}"));
                    }
                }
                turns += usize::from(span.name == "turn");
                if span.kind == "client" {
                    problems.extend(trace.break_after(span));
                }
            }
            for root in trace.roots() {
                if is_call(root) || is_request(root) {
                    beginnings += 1;
                } else if root.links.is_empty() {
                    problems.push(format!("{root}: a request begins otherwise"));
                }
            }
        }
        for (what, found, expected) in [
            ("requests", requests, played.requests),
            // What was interrupted may not have begun.
            (
                "turns",
                turns,
                turns.clamp(played.turns, played.turns + played.interrupted),
            ),
            ("beginnings", beginnings, played.requests),
        ] {
            problems.extend(differ(what, found, expected));
        }
        problems
    }

    /// What is wrong with the traces, if they are to be what a client knows of those of this session:
    /// their beginnings.
    #[must_use]
    pub fn problems_of_calls(&self, played: &Played) -> Vec<String> {
        let mut problems = Vec::new();
        let mut calls = 0;
        for span in self.traces.iter().flat_map(|trace| &trace.spans) {
            if is_call(span) && span.parent_id.is_none() {
                calls += 1;
            } else {
                problems.push(format!("{span}: a call begins otherwise"));
            }
        }
        problems.extend(differ("calls", calls, played.calls));
        problems.extend(differ("beginnings", self.traces.len(), played.calls));
        problems
    }

    /// The span that is linked to, and its trace.
    fn linked(&self, link: &SpanLink) -> Option<(&Trace, &SpanRecord)> {
        let trace = self.traces.iter().find(|trace| trace.id == link.trace_id)?;
        Some((trace, trace.span(&link.span_id)?))
    }

    /// What the trace is about, and what it is linked to.
    fn title(&self, trace: &Trace) -> String {
        let mut title = trace.methods();
        for link in trace.roots().flat_map(|root| &root.links) {
            let target = self.linked(link).map(|(trace, _)| trace.methods());
            let target = target.unwrap_or_default();
            let _ = write!(title, "linked to {target} of {}", link.trace_id);
        }
        title
    }
}

fn is_call(span: &SpanRecord) -> bool {
    span.kind == "client" && span.attribute("rpc.method").is_some()
}

/// Requests are exported under the name of their method.
fn is_request(span: &SpanRecord) -> bool {
    span.kind == "server" && span.attribute("rpc.method").is_some()
}

fn differ(what: &str, found: usize, expected: usize) -> Option<String> {
    (found != expected).then(|| format!("the traces have {found} {what}, the session {expected}"))
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

    /// The methods of the requests in the trace, or of the calls where nothing else is known.
    fn methods(&self) -> String {
        let of = |which: fn(&SpanRecord) -> bool| -> Vec<_> {
            let spans = self.spans.iter().filter(|span| which(span));
            spans
                .filter_map(|span| span.attribute("rpc.method"))
                .collect()
        };
        let requests = of(is_request);
        if requests.is_empty() {
            of(is_call)
        } else {
            requests
        }
        .join(", ")
    }

    /// Where the trace breaks off behind this span of a client, if it does. A call that was cancelled
    /// may not have reached the other side.
    fn break_after(&self, span: &SpanRecord) -> Option<String> {
        let continued = self
            .children(&span.span_id)
            .filter(|child| child.kind == "server")
            .count();
        let may_be_none = span.attribute(OUTCOME) == Some("cancelled");
        match continued {
            1 => None,
            0 if may_be_none => None,
            0 => Some(format!("{span}: nobody continued the trace")),
            _ => Some(format!("{span}: {continued} continued the trace")),
        }
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
            writeln!(f, "trace {} {}", trace.id, self.title(trace))?;
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
            links: Vec::new(),
        }
    }

    fn with(mut span: SpanRecord, attributes: &[(&str, &str)]) -> SpanRecord {
        for (key, value) in attributes {
            span.attributes
                .insert((*key).to_owned(), (*value).to_owned());
        }
        span
    }

    fn request(id: &str, parent: &str) -> SpanRecord {
        with(
            span(id, Some(parent), "turn/start", "server"),
            &[("rpc.method", "turn/start"), ("rpc.transport", "stdio")],
        )
    }

    fn whole() -> Vec<SpanRecord> {
        let call = span("1", None, "app_server.call", "client");
        vec![
            with(call, &[("rpc.method", "turn/start")]),
            request("2", "1"),
            span("3", Some("2"), "submission_dispatch", "consumer"),
            span("4", Some("3"), "turn", "internal"),
            span("5", Some("4"), "run_turn", "internal"),
            span("6", Some("5"), "model_request", "client"),
            span("7", Some("6"), "POST /v1/responses", "server"),
            span("8", Some("6"), "sampling", "internal"),
        ]
    }

    /// A root in a trace of its own, linked to the request in this one.
    fn detached(span_id: &str) -> SpanRecord {
        let mut detached = span("9", None, "name_thread", "internal");
        detached.trace_id = "u".to_owned();
        detached.links.push(SpanLink {
            trace_id: "t".to_owned(),
            span_id: span_id.to_owned(),
        });
        detached
    }

    const PLAYED: Played = Played {
        requests: 1,
        calls: 1,
        turns: 1,
        interrupted: 0,
        given: Vec::new(),
    };

    fn problems(spans: Vec<SpanRecord>) -> Vec<String> {
        Forest::new(spans).problems("stdio", &PLAYED)
    }

    #[test]
    fn a_whole_trace_has_no_problems() {
        assert_eq!(problems(whole()), [""; 0]);
    }

    #[test]
    fn any_span_that_is_missing_is_noticed() {
        // The last one is a leaf, and nothing says that it should be there.
        for missing in 0..whole().len() - 1 {
            let mut spans = whole();
            let missing = spans.remove(missing);
            assert!(!problems(spans).is_empty(), "{missing}");
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
            assert!(!problems(spans).is_empty(), "{broken}");
        }
    }

    #[test]
    fn a_missing_trace_is_noticed() {
        let problems = problems(Vec::new());
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn a_model_that_was_not_asked_in_time_is_not_missed() {
        let mut spans = whole();
        spans.remove(6);
        spans[5] = with(spans[5].clone(), &[(OUTCOME, "cancelled")]);
        assert_eq!(problems(spans), [""; 0]);
    }

    #[test]
    fn a_request_that_came_over_the_other_transport_is_noticed() {
        let problems = Forest::new(whole()).problems("websocket", &PLAYED);
        assert_eq!(problems, ["turn/start 2 of trace t: it came over stdio"]);
    }

    #[test]
    fn a_detached_root_is_drawn_with_its_link_and_the_link_has_a_target() {
        let mut spans = whole();
        spans.push(detached("2"));
        assert_eq!(problems(spans.clone()), [""; 0]);
        let drawn = Forest::new(spans).to_string();
        assert!(
            drawn.contains("trace u linked to turn/start of t\n"),
            "{drawn}"
        );

        let mut spans = whole();
        spans.push(detached("0"));
        assert_eq!(
            problems(spans),
            ["name_thread 9 of trace u: span 0 of trace t, which it is linked to, is missing"]
        );
    }

    #[test]
    fn a_parent_that_the_session_named_is_not_missed() {
        let given: TraceContext = "00-00000000000000000000000000000011-0000000000000022-01"
            .parse()
            .expect("valid");
        let mut request = request("2", "0000000000000022");
        request.trace_id = given.trace_id().to_string();
        let played = Played {
            requests: 1,
            given: vec![given],
            ..Played::default()
        };
        let problems = Forest::new(vec![request]).problems("stdio", &played);
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn of_a_foreign_server_only_the_calls_are_known() {
        let call = whole().swap_remove(0);
        let known = Forest::new(vec![call.clone()]);
        assert_eq!(known.problems_of_calls(&PLAYED), [""; 0]);
        assert_eq!(Forest::new(Vec::new()).problems_of_calls(&PLAYED).len(), 2);
        let mut below = call;
        below.parent_id = Some("0".to_owned());
        assert!(
            !Forest::new(vec![below])
                .problems_of_calls(&PLAYED)
                .is_empty()
        );
    }
}
