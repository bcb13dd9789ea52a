//! What is meant to be different from tracing-opentelemetry 0.34: the table of `docs/design.md` as code. Each
//! [`Difference`] makes of what the reference exports what we export.

use tracing_relay::testing::{Kind, Status, Value};

use crate::plan::{CONTEXTS, End, Event, EventLevel, Key, Number, Val};
use crate::run::{Said, THEIRS};
use crate::seen::{Attributes, Named, Seen, SeenLink, SeenSpan, number_of};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Difference {
    /// Unsigned and large integers that fit are integers; in the reference they are text.
    Integers,
    /// The text of an error in an event has no quotes.
    UnquotedError,
    /// A key is exported once, with the last value.
    KeysOnce,
    /// `code.function.name` stands for the deprecated `code.module.name`; events have neither.
    FunctionName,
    /// How long a span was entered is not measured.
    NoBusyTime,
    /// The ids that a span of an attribute has for log lines are no attributes.
    NoIds,
    /// The flag that says that a trace id is random is set where a trace starts; flags without a meaning are not
    /// passed on.
    Flags,
    /// Name and kind can be set as long as the span is open; in the reference until it is first entered.
    LateName,
    /// What starts in work that is detached is linked to what it was detached from, also if it is a span of others.
    DetachedLink,
    /// Ok is final, the last description counts, and an error without one leaves an earlier one.
    LastStatus,
}

impl Difference {
    /// In the order in which they are applied.
    pub(crate) const ALL: [Self; 10] = [
        Self::DetachedLink,
        Self::Integers,
        Self::UnquotedError,
        Self::KeysOnce,
        Self::FunctionName,
        Self::NoBusyTime,
        Self::NoIds,
        Self::Flags,
        Self::LateName,
        Self::LastStatus,
    ];

    /// Makes of the spans of the reference those that are expected of us. Says whether that changed anything.
    pub(crate) fn apply(self, reference: &mut Seen, said: &[Said]) -> bool {
        let before = reference.clone();
        for (number, span) in reference.iter_mut() {
            match self {
                Self::Integers => each_list(span, integers),
                Self::UnquotedError => unquoted_error(span, said),
                Self::KeysOnce => each_list(span, keys_once),
                Self::FunctionName => function_name(span),
                Self::NoBusyTime => span
                    .attributes
                    .retain(|(key, _)| key != "busy_ns" && key != "idle_ns"),
                Self::NoIds => span
                    .attributes
                    .retain(|(key, _)| key != "trace_id" && key != "span_id"),
                Self::Flags => span.flags = flags_in(&span.trace),
                Self::LateName => late_name(*number, span, said),
                Self::LastStatus => last_status(*number, span, said),
                Self::DetachedLink => detached_link(*number, span, said, &before),
            }
        }
        if self == Self::Flags {
            flags_of_links(reference);
        }
        *reference != before
    }
}

fn detached_link(number: Number, span: &mut SeenSpan, said: &[Said], all: &Seen) {
    let from = said.iter().find_map(|said| match said {
        Said::Detached(of, from) if *of == number => Some(*from),
        _ => None,
    });
    let from = all.iter().find(|(_, there)| Some(there.id) == from);
    if let (None, Some((to, from))) = (&span.parent, from) {
        let link = SeenLink {
            to: Named::Number(*to),
            flags: from.flags,
            state: from.state.clone(),
            is_remote: false,
            attributes: Attributes::new(),
        };
        span.links.insert(0, link);
    }
}

fn each_list(span: &mut SeenSpan, f: impl Fn(&mut Attributes)) {
    f(&mut span.attributes);
    for event in &mut span.events {
        f(&mut event.attributes);
    }
}

/// Texts of a program are never digits alone.
fn integers(attributes: &mut Attributes) {
    for (_, value) in attributes {
        if let Value::String(text) = value
            && let Ok(number) = text.parse()
        {
            *value = Value::I64(number);
        }
    }
}

fn keys_once(attributes: &mut Attributes) {
    let mut once = Attributes::new();
    for (key, value) in attributes.drain(..) {
        match once.iter_mut().find(|(there, _)| *there == key) {
            Some((_, there)) => *there = value,
            None => once.push((key, value)),
        }
    }
    *attributes = once;
}

fn function_name(span: &mut SeenSpan) {
    for event in &mut span.events {
        event
            .attributes
            .retain(|(key, _)| key != "code.module.name");
    }
    let is_ours = span
        .attributes
        .iter()
        .any(|(key, _)| key == "relay.outcome");
    let name = if is_ours { &span.name } else { THEIRS };
    for (key, value) in &mut span.attributes {
        if key == "code.module.name"
            && let Value::String(module) = value
        {
            *value = Value::String(format!("{module}::{name}"));
            "code.function.name".clone_into(key);
        }
    }
}

/// The flags of a span that is exported, in this trace.
fn flags_in(trace: &str) -> u8 {
    const SAMPLED: u8 = 1;
    const RANDOM: u8 = 2;
    let given = CONTEXTS.iter().find(|(parent, _)| parent.contains(trace));
    let given = given.map_or(RANDOM, |(parent, _)| {
        u8::from_str_radix(&parent[parent.len() - 2..], 16).expect("two digits")
    });
    SAMPLED | given & RANDOM
}

fn flags_of_links(spans: &mut Seen) {
    let all = spans.clone();
    for link in spans.values_mut().flat_map(|span| &mut span.links) {
        if let Named::Number(to) = link.to {
            link.flags = all[&to].flags;
        }
    }
}

fn events_of<'a>(span: &SeenSpan, said: &'a [Said]) -> Vec<&'a Event> {
    let mut found = Vec::new();
    for number in span
        .events
        .iter()
        .filter_map(|event| number_of(&event.attributes))
    {
        found.extend(said.iter().filter_map(|said| match said {
            Said::OfEvent(event) if event.number == number => Some(event),
            _ => None,
        }));
    }
    found
}

/// The text that an event gives as that of an error.
fn error_of(event: &Event) -> Option<String> {
    let is_named = event.message_first
        && !matches!(
            event.message,
            Val::Absent | Val::Text("") | Val::Display("") | Val::Error(_)
        );
    text_of(&event.error).filter(|_| !is_named)
}

fn text_of(value: &Val) -> Option<String> {
    match value {
        Val::Text(text) | Val::Display(text) => Some((*text).to_owned()),
        Val::Debug(text) => Some(format!("Text({text:?})")),
        _ => None,
    }
}

fn unquoted_error(span: &mut SeenSpan, said: &[Said]) {
    for event in events_of(span, said) {
        let (Val::Text(text), Some(_)) = (event.error, error_of(event)) else {
            continue;
        };
        let quoted = format!("{text:?}");
        if span.status == Status::Error(quoted.clone()) {
            span.status = Status::Error(text.to_owned());
        }
        let is_it = |attributes: &Attributes| number_of(attributes) == Some(event.number);
        let there = span
            .events
            .iter_mut()
            .find(|there| is_it(&there.attributes));
        for (key, value) in there.into_iter().flat_map(|there| &mut there.attributes) {
            if key == "exception.message" && *value == Value::String(quoted.clone()) {
                *value = Value::String(text.to_owned());
            }
        }
    }
}

fn late_name(number: Number, span: &mut SeenSpan, said: &[Said]) {
    const KINDS: [Kind; 5] = [
        Kind::Internal,
        Kind::Server,
        Kind::Client,
        Kind::Producer,
        Kind::Consumer,
    ];
    for said in said {
        match said {
            Said::OfSpan(of, Key::Name, value) if *of == number => {
                span.name = text_of(value).expect("names are text");
            }
            Said::OfSpan(of, Key::Kind, value) if *of == number => {
                let text = text_of(value).expect("kinds are text");
                let kind = KINDS
                    .into_iter()
                    .find(|kind| kind.as_str().eq_ignore_ascii_case(&text));
                span.kind = kind.unwrap_or(span.kind);
            }
            _ => {}
        }
    }
}

/// A span that was told once has the same status in the reference.
fn last_status(number: Number, span: &mut SeenSpan, said: &[Said]) {
    let events: Vec<_> = events_of(span, said)
        .iter()
        .map(|event| event.number)
        .collect();
    let mut told = 0;
    let mut status = Status::Unset;
    let error = |status: &mut Status, description: String| match status {
        Status::Ok => {}
        Status::Error(_) if description.is_empty() => {}
        _ => *status = Status::Error(description),
    };
    for said in said {
        match said {
            Said::OfSpan(of, Key::Code, value) if *of == number => {
                told += 1;
                match text_of(value)
                    .expect("codes are text")
                    .to_lowercase()
                    .as_str()
                {
                    "ok" => status = Status::Ok,
                    "error" => error(&mut status, String::new()),
                    _ => {}
                }
            }
            Said::OfSpan(of, Key::Description, value) if *of == number => {
                told += 1;
                error(&mut status, text_of(value).expect("it is text"));
            }
            Said::OfEvent(event) if events.contains(&event.number) => {
                if event.level == EventLevel::Error {
                    told += 1;
                    error(&mut status, String::new());
                }
                if let Some(text) = error_of(event) {
                    told += 1;
                    error(&mut status, text);
                }
            }
            Said::Ended(of, End::Fails) if *of == number => {
                told += 1;
                error(&mut status, String::new());
            }
            Said::Ended(of, End::Panics) if *of == number => {
                told += 1;
                error(&mut status, "panicked".to_owned());
            }
            _ => {}
        }
    }
    if told > 1 {
        span.status = status;
    }
}
