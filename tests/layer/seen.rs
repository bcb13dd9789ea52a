//! What was exported, in a form that two runs of a program have in common: spans by their numbers, instead of
//! ids and times.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tracing_relay::testing::{Kind, Span, Status, Value};
use tracing_relay::{SpanId, TraceContext};

use crate::plan::Number;

pub(crate) type Attributes = Vec<(String, Value)>;

/// All spans of a run.
pub(crate) type Seen = BTreeMap<Number, SeenSpan>;

/// One exported span.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenSpan {
    /// Not compared.
    pub(crate) id: SpanId,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The trace: the lowest number in it, or its id where that was given.
    pub(crate) trace: String,
    pub(crate) parent: Option<Named>,
    pub(crate) parent_is_remote: bool,
    pub(crate) flags: u8,
    pub(crate) state: String,
    pub(crate) attributes: Attributes,
    pub(crate) events: Vec<SeenEvent>,
    pub(crate) links: Vec<SeenLink>,
    pub(crate) status: Status,
}

/// A span by its number, or by its id where it is none of the program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Named {
    Number(Number),
    Id(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenEvent {
    pub(crate) name: String,
    pub(crate) attributes: Attributes,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenLink {
    pub(crate) to: Named,
    pub(crate) flags: u8,
    pub(crate) state: String,
    pub(crate) is_remote: bool,
    pub(crate) attributes: Attributes,
}

/// The number among the attributes of a span or an event.
pub(crate) fn number_of(attributes: &[(String, Value)]) -> Option<Number> {
    attributes.iter().find_map(|(key, value)| match value {
        Value::I64(number) if key == "number" => Some(*number),
        _ => None,
    })
}

fn state_of(context: &TraceContext) -> String {
    context
        .tracestate()
        .map_or_else(String::new, |state| state.as_str().to_owned())
}

/// The spans of a run. A span that is exported twice, or has no number, is a panic.
pub(crate) fn all(spans: &[Span]) -> Seen {
    let number = |span: &Span| number_of(span.attributes()).expect("each span has a number");
    let named = |id: SpanId| {
        let found = spans.iter().find(|span| span.span_id() == id);
        found.map_or_else(
            || Named::Id(id.to_string()),
            |span| Named::Number(number(span)),
        )
    };
    let mut seen = Seen::new();
    for span in spans {
        let of_trace = spans
            .iter()
            .filter(|other| other.trace_id() == span.trace_id());
        let is_given = of_trace.clone().any(Span::parent_is_remote);
        let lowest = of_trace.map(number).min();
        let exported = SeenSpan {
            id: span.span_id(),
            name: span.name().to_owned(),
            kind: span.kind(),
            trace: if is_given {
                span.trace_id().to_string()
            } else {
                format!("of {lowest:?}")
            },
            parent: span.parent().map(named),
            parent_is_remote: span.parent_is_remote(),
            flags: span.context().flags().bits(),
            state: state_of(span.context()),
            attributes: span.attributes().to_vec(),
            events: span
                .events()
                .iter()
                .map(|event| SeenEvent {
                    name: event.name().to_owned(),
                    attributes: event.attributes().to_vec(),
                })
                .collect(),
            links: span
                .links()
                .iter()
                .map(|link| SeenLink {
                    to: named(link.context().span_id()),
                    flags: link.context().flags().bits(),
                    state: state_of(link.context()),
                    is_remote: link.context().is_remote(),
                    attributes: link.attributes().to_vec(),
                })
                .collect(),
            status: span.status().clone(),
        };
        assert!(
            seen.insert(number(span), exported).is_none(),
            "{} was exported twice",
            number(span)
        );
    }
    seen
}

/// What two runs do not have in common, a line each.
pub(crate) fn compare(expected: &Seen, found: &Seen) -> String {
    let mut lines = String::new();
    let mut line = |text: String| writeln!(lines, "{text}").expect("a string takes it");
    for number in found.keys().filter(|number| !expected.contains_key(number)) {
        line(format!("{number} is only in ours"));
    }
    for (number, expected) in expected {
        let Some(found) = found.get(number) else {
            line(format!("{number} is only in the reference"));
            continue;
        };
        macro_rules! compare {
            ($($part:ident)+) => {$(
                if expected.$part != found.$part {
                    let part = stringify!($part);
                    line(format!("{number}: {part}\n  reference {:?}\n  ours      {:?}", expected.$part, found.$part));
                }
            )+};
        }
        compare!(name kind trace parent parent_is_remote flags state attributes links status);
        let events = expected.events.len().max(found.events.len());
        for at in 0..events {
            let (expected, found) = (expected.events.get(at), found.events.get(at));
            if expected != found {
                line(format!(
                    "{number}: event {at}\n  reference {expected:?}\n  ours      {found:?}"
                ));
            }
        }
    }
    lines
}
