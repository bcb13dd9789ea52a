//! Exported spans as trees: one group of top spans for each trace, children below their parents in
//! the order of their starts.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::span::{Kind, Span, Status};
use super::value::Value;
use crate::ids::{SpanId, TraceId};
use crate::semconv;

/// The indentation of one level.
pub(super) const INDENT: &str = "  ";

/// The traces in the order of their first spans; each is the list of its top spans.
pub(super) type Forest = Vec<Vec<Node>>;

/// A span with what belongs below it.
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) origin: Origin,
    /// The name of each linked span, if it is among the exported ones.
    pub(super) link_names: Vec<Option<String>>,
    pub(super) children: Vec<Node>,
}

/// Where a span stands towards its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is the root of its trace, or below its parent that is in the same process.
    Plain,
    /// Its parent is in another process. The parent is above it if it was exported here as well.
    Remote,
    /// Its parent is in the same process and was not exported.
    Missing,
}

/// Sorts spans into trees.
pub(super) fn grow(mut spans: Vec<Span>) -> Forest {
    spans.sort_by_key(Span::position);
    let names: HashMap<_, _> = spans
        .iter()
        .map(|span| (key(span), span.name().to_owned()))
        .collect();
    let mut order: Vec<TraceId> = Vec::new();
    let mut tops: BTreeMap<TraceId, Vec<Span>> = BTreeMap::new();
    let mut below: BTreeMap<(TraceId, SpanId), Vec<Span>> = BTreeMap::new();
    for span in spans {
        if !order.contains(&span.trace_id()) {
            order.push(span.trace_id());
        }
        match span.parent().map(|parent| (span.trace_id(), parent)) {
            Some(parent) if names.contains_key(&parent) && parent != key(&span) => {
                below.entry(parent).or_default().push(span);
            }
            _ => tops.entry(span.trace_id()).or_default().push(span),
        }
    }
    let mut forest: BTreeMap<TraceId, Vec<Node>> = BTreeMap::new();
    for (trace, spans) in tops {
        let nodes = spans
            .into_iter()
            .map(|span| node(span, true, &mut below, &names));
        forest.insert(trace, nodes.collect());
    }
    // Spans that are one another's parents hang below no top. Invented ids can make them; they
    // must still be seen.
    while let Some((_, spans)) = below.pop_first() {
        for span in spans {
            let trace = span.trace_id();
            let top = node(span, true, &mut below, &names);
            forest.entry(trace).or_default().push(top);
        }
    }
    order
        .iter()
        .filter_map(|trace| forest.remove(trace))
        .collect()
}

fn node(
    span: Span,
    top: bool,
    below: &mut BTreeMap<(TraceId, SpanId), Vec<Span>>,
    names: &HashMap<(TraceId, SpanId), String>,
) -> Node {
    let children = below.remove(&key(&span)).unwrap_or_default();
    Node {
        origin: match span.parent() {
            Some(_) if span.parent_is_remote() => Origin::Remote,
            Some(_) if top => Origin::Missing,
            _ => Origin::Plain,
        },
        link_names: span
            .links()
            .iter()
            .map(|link| {
                let target = (link.context().trace_id(), link.context().span_id());
                names.get(&target).cloned()
            })
            .collect(),
        children: children
            .into_iter()
            .map(|child| node(child, false, below, names))
            .collect(),
        span,
    }
}

const fn key(span: &Span) -> (TraceId, SpanId) {
    (span.trace_id(), span.span_id())
}

impl Node {
    /// The kind, the name and what the span came from. The id of a parent is written where the
    /// parent is not above: `top` says so, or `trace` with the id of the trace before it.
    pub(super) fn write_head(&self, top: bool, trace: bool, line: &mut String) {
        write_head(self.span.kind(), self.span.name(), line);
        match self.origin {
            Origin::Plain => return,
            Origin::Remote => line.push_str(" <- remote"),
            Origin::Missing => line.push_str(" <- missing"),
        }
        if let Some(parent) = self.span.parent().filter(|_| top || trace) {
            line.push(' ');
            if trace {
                append(line, format_args!("{}-", self.span.trace_id()));
            }
            append(line, format_args!("{parent}"));
        }
    }

    /// The links, by name where the linked span was exported.
    pub(super) fn write_links(&self, line: &mut String) {
        for (link, name) in self.span.links().iter().zip(&self.link_names) {
            match name {
                Some(name) => append(line, format_args!(" ~> {}", quoted(name))),
                None => append(line, format_args!(" ~> {}", link.context().span_id())),
            }
        }
    }

    /// The status, if one was set.
    pub(super) fn write_status(&self, line: &mut String) {
        match self.span.status() {
            Status::Unset => {}
            Status::Ok => line.push_str(" ok"),
            Status::Error(text) if text.is_empty() => line.push_str(" error"),
            Status::Error(text) => append(line, format_args!(" error {text:?}")),
        }
    }

    /// The outcome, if there is one; twice if it was set twice.
    pub(super) fn write_outcome(&self, line: &mut String) {
        for value in self.span.values(semconv::OUTCOME) {
            match value {
                Value::String(outcome) => append(line, format_args!(" => {}", quoted(outcome))),
                other => append(line, format_args!(" => {other}")),
            }
        }
    }
}

/// Everything about the spans, but what tracing-opentelemetry adds to each by itself.
pub(super) fn render(forest: &Forest) -> String {
    let mut text = String::new();
    for (index, trace) in forest.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "\n" });
        for top in trace {
            render_node(top, 0, &mut text);
        }
    }
    text
}

fn render_node(node: &Node, depth: usize, text: &mut String) {
    text.push_str(&INDENT.repeat(depth));
    node.write_head(depth == 0, false, text);
    node.write_links(text);
    let attributes: Vec<_> = node
        .span
        .attributes()
        .iter()
        .filter(|(key, _)| key != semconv::OUTCOME && !is_of_the_bridge(key))
        .map(|(key, value)| format!("{}={value}", quoted(key)))
        .collect();
    write_braces(&attributes, text);
    node.write_status(text);
    node.write_outcome(text);
    text.push('\n');
    for child in &node.children {
        render_node(child, depth + 1, text);
    }
}

/// Whether tracing-opentelemetry adds the attribute to every span, from the place in the source,
/// the thread and the clock.
fn is_of_the_bridge(key: &str) -> bool {
    matches!(key, "target" | "level" | "busy_ns" | "idle_ns")
        || key.starts_with("code.")
        || key.starts_with("thread.")
}

pub(super) fn write_head(kind: Kind, name: &str, line: &mut String) {
    append(line, format_args!("{kind} {}", quoted(name)));
}

/// The attributes in braces, nothing when there are none.
pub(super) fn write_braces(attributes: &[String], line: &mut String) {
    if !attributes.is_empty() {
        append(line, format_args!(" {{{}}}", attributes.join(", ")));
    }
}

/// A word as it is written in an expectation: as it is, or in quotes where it needs them.
pub(super) fn quoted(word: &str) -> String {
    if is_bare(word) {
        word.to_owned()
    } else {
        format!("{word:?}")
    }
}

/// Whether a word is read back without quotes.
pub(super) fn is_bare(word: &str) -> bool {
    !word.is_empty()
        && !["<-", "~>", "!"].iter().any(|sign| word.starts_with(sign))
        && !word.contains(ends_word)
}

/// What a word without quotes does not contain.
pub(super) fn ends_word(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || matches!(letter, '"' | '{' | '}' | '=' | ',')
}

pub(super) fn append(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("a string takes every text");
}
