//! What the variants of a case have to export, all of them the same: number, names, parents, and the
//! attributes that the case is about. What a peer adds by itself is its own affair.

use opentelemetry::trace::SpanId;
use opentelemetry_sdk::trace::SpanData;

/// A span that one call exports.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// Its name.
    pub name: &'static str,
    /// Its parent.
    pub parent: Parent<'static>,
    /// Its attributes, as text: not every peer has other types.
    pub attributes: &'static [(&'static str, &'static str)],
    /// How many there are of it.
    pub times: u64,
}

/// The parent of a span.
#[derive(Clone, Copy, Debug)]
pub enum Parent<'a> {
    /// It is a root.
    None,
    /// The span of this name.
    Span(&'a str),
    /// The span of this id, in another program.
    Remote(&'a str),
}

/// How many spans a call exports.
pub(super) fn spans(expected: &[Expected]) -> u64 {
    expected.iter().map(|span| span.times).sum()
}

/// Compares what one call exported.
pub(super) fn check(expected: &[Expected], exported: &[SpanData]) -> Result<(), String> {
    let mut wanted: Vec<String> = expected
        .iter()
        .flat_map(|span| (0..span.times).map(|_| line(span.name, span.parent, span.attributes)))
        .collect();
    let mut found: Vec<String> = exported
        .iter()
        .map(|span| describe(span, exported, expected))
        .collect();
    wanted.sort_unstable();
    found.sort_unstable();
    if wanted == found {
        Ok(())
    } else {
        Err(format!(
            "expected\n{}\nexported\n{}",
            wanted.join("\n"),
            found.join("\n")
        ))
    }
}

/// A span as the line that is compared, with the attributes that any span of the case has to have.
fn describe(span: &SpanData, exported: &[SpanData], expected: &[Expected]) -> String {
    let attributes: Vec<(&str, String)> = span
        .attributes
        .iter()
        .map(|attribute| (attribute.key.as_str(), attribute.value.to_string()))
        .filter(|(key, _)| {
            let mut keys = expected.iter().flat_map(|span| span.attributes);
            keys.any(|(wanted, _)| wanted == key)
        })
        .collect();
    let parent = exported.iter().find(|other| {
        other.span_context.span_id() == span.parent_span_id
            && other.span_context.trace_id() == span.span_context.trace_id()
    });
    match parent {
        Some(parent) => line(&span.name, Parent::Span(&parent.name), &attributes),
        None if span.parent_span_id == SpanId::INVALID => {
            line(&span.name, Parent::None, &attributes)
        }
        None => {
            let id = span.parent_span_id.to_string();
            line(&span.name, Parent::Remote(&id), &attributes)
        }
    }
}

/// The attributes in the order of their keys.
fn line(name: &str, parent: Parent<'_>, attributes: &[(&str, impl std::fmt::Display)]) -> String {
    let parent = match parent {
        Parent::None => "none".to_owned(),
        Parent::Span(name) => name.to_owned(),
        Parent::Remote(id) => format!("remote {id}"),
    };
    let mut attributes: Vec<String> = attributes
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    attributes.sort_unstable();
    format!("  {name} {{{}}}, parent: {parent}", attributes.join(", "))
}
