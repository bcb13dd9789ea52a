//! The text of [`assert_trace!`](crate::assert_trace), parsed: which spans a test expects.

use super::scanner::{Malformed, Scanner};
use super::span::Kind;
use super::tree::{self, Origin};
use super::value::Value;

/// The parts that may follow the name of a span, for messages.
const PARTS: &str = "`<- remote`, `<- missing`, `~> name`, `{key=value}`, `ok`, `error \"text\"`, `=> outcome` or `unordered`";
const KINDS: &str = "`internal`, `server`, `client`, `producer` or `consumer`";

/// All traces that a test expects.
#[derive(Debug)]
pub(super) struct Expectation {
    /// Whether the traces may come in any order.
    pub(super) unordered: bool,
    pub(super) traces: Vec<Vec<Expected>>,
}

/// One line: a span and what is expected of it, with the lines below it.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) origin: Origin,
    /// The id behind the origin: that of the parent, or those of the trace and the parent.
    pub(super) parent: Option<String>,
    /// Name or id of each linked span.
    pub(super) links: Vec<String>,
    pub(super) attributes: Vec<(String, Check)>,
    pub(super) status: StatusCheck,
    pub(super) outcome: Option<String>,
    /// Whether the children may come in any order.
    pub(super) unordered: bool,
    pub(super) children: Vec<Expected>,
}

/// What is expected of an attribute.
#[derive(Debug, PartialEq)]
pub(super) enum Check {
    Is(Value),
    /// It is there, once.
    Any,
    Absent,
}

/// What is expected of the status.
#[derive(Debug, PartialEq)]
pub(super) enum StatusCheck {
    Unset,
    Ok,
    Error(String),
    /// An error with any text.
    AnyError,
}

struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

impl Expectation {
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let mut lines = read_lines(text)?;
        let mut expectation = Self {
            unordered: false,
            traces: Vec::new(),
        };
        let first = lines.iter().position(|line| !line.text.is_empty());
        if let Some(first) = first.filter(|first| lines[*first].text == "unordered") {
            expectation.unordered = true;
            lines.drain(..=first);
        }
        for trace in lines.split(|line| line.text.is_empty()) {
            if !trace.is_empty() {
                expectation.traces.push(parse_trace(trace)?);
            }
        }
        Ok(expectation)
    }
}

/// Splits the text and takes the common indentation off.
fn read_lines(text: &str) -> Result<Vec<Line<'_>>, Malformed> {
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let text = line.trim();
        let indent = line.len() - line.trim_start_matches(' ').len();
        if !text.is_empty() && !line[indent..].starts_with(text) {
            return Err(Malformed::new(
                "only spaces can indent a line",
                "the same number of spaces for all children of a span",
            )
            .at(index + 1, line, indent));
        }
        lines.push(Line {
            number: index + 1,
            indent,
            text,
        });
    }
    let written = lines.iter().filter(|line| !line.text.is_empty());
    let common = written.map(|line| line.indent).min().unwrap_or_default();
    for line in &mut lines {
        line.indent = line.indent.saturating_sub(common);
    }
    Ok(lines)
}

/// Parses the lines of one trace, none of them empty.
fn parse_trace(lines: &[Line<'_>]) -> Result<Vec<Expected>, Malformed> {
    let mut tops: Vec<Expected> = Vec::new();
    // The lines that the next one can be below, with their indentations, the innermost last.
    let mut open: Vec<(usize, Expected)> = Vec::new();
    for line in lines {
        let expected = parse_line(line)?;
        let mut sibling = None;
        while let Some((indent, done)) = open.pop_if(|(indent, _)| *indent >= line.indent) {
            close(done, &mut open, &mut tops);
            sibling = Some(indent);
        }
        let fits = match sibling {
            Some(indent) => line.indent == indent,
            None => !open.is_empty() || line.indent == 0,
        };
        if !fits {
            return Err(Malformed::new(
                "the indentation fits no line above",
                "that of a sibling, or more than that of the parent; none after an empty line, where another trace begins",
            )
            .at(line.number, line.text, 0));
        }
        open.push((line.indent, expected));
    }
    while let Some((_, done)) = open.pop() {
        close(done, &mut open, &mut tops);
    }
    Ok(tops)
}

/// Hands a line whose children are complete to its parent.
fn close(done: Expected, open: &mut [(usize, Expected)], tops: &mut Vec<Expected>) {
    match open.last_mut() {
        Some((_, parent)) => parent.children.push(done),
        None => tops.push(done),
    }
}

fn parse_line(line: &Line<'_>) -> Result<Expected, Malformed> {
    let mut scanner = Scanner::new(line.text);
    parse_span(&mut scanner)
        .map_err(|error| error.at(line.number, line.text, scanner.token_start()))
}

fn parse_span(scanner: &mut Scanner<'_>) -> Result<Expected, Malformed> {
    let word = scanner.word();
    let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
    let kind =
        kind.ok_or_else(|| Malformed::new("a line starts with the kind of its span", KINDS))?;
    let name = scanner.name("the name of the span")?;
    let mut expected = Expected {
        kind,
        name,
        origin: Origin::Plain,
        parent: None,
        links: Vec::new(),
        attributes: Vec::new(),
        status: StatusCheck::Unset,
        outcome: None,
        unordered: false,
        children: Vec::new(),
    };
    while scanner.more() {
        parse_part(scanner, &mut expected)?;
    }
    Ok(expected)
}

fn parse_part(scanner: &mut Scanner<'_>, expected: &mut Expected) -> Result<(), Malformed> {
    let repeated = if scanner.sign("<-") {
        let before = expected.origin;
        (expected.origin, expected.parent) = parse_origin(scanner)?;
        before != Origin::Plain
    } else if scanner.sign("~>") {
        let link = scanner.name("the name or the id of the linked span")?;
        expected.links.push(link);
        false
    } else if scanner.sign("=>") {
        let outcome = scanner.name("the outcome")?;
        expected.outcome.replace(outcome).is_some()
    } else if scanner.sign("{") {
        let repeated = !expected.attributes.is_empty();
        expected.attributes = parse_attributes(scanner)?;
        repeated
    } else {
        match scanner.word() {
            "unordered" => std::mem::replace(&mut expected.unordered, true),
            "ok" => set_status(expected, StatusCheck::Ok),
            "error" => {
                let status = parse_error_text(scanner)?;
                set_status(expected, status)
            }
            _ => return Err(Malformed::new("no part of a line starts like this", PARTS)),
        }
    };
    if repeated {
        return Err(Malformed::new(
            "this part is there a second time",
            "each part once; only links repeat",
        ));
    }
    Ok(())
}

fn set_status(expected: &mut Expected, status: StatusCheck) -> bool {
    std::mem::replace(&mut expected.status, status) != StatusCheck::Unset
}

fn parse_origin(scanner: &mut Scanner<'_>) -> Result<(Origin, Option<String>), Malformed> {
    let origin = match scanner.word() {
        "remote" => Origin::Remote,
        "missing" => Origin::Missing,
        _ => {
            return Err(Malformed::new(
                "no parent is called this",
                "`<- remote` or `<- missing`, and then the parent's id if it is to be compared",
            ));
        }
    };
    let Some(id) = scanner.word_if(|word| {
        word.chars()
            .all(|letter| letter.is_ascii_hexdigit() || letter == '-')
    }) else {
        return Ok((origin, None));
    };
    let lengths: Vec<_> = id.split('-').map(str::len).collect();
    if matches!(*lengths, [16] | [32, 16]) && id == id.to_ascii_lowercase() {
        Ok((origin, Some(id.to_owned())))
    } else {
        Err(Malformed::new(
            "this is not an id",
            "the 16 lower-case hexadecimal digits of a span, or the 32 of a trace, `-` and the 16 of a span",
        ))
    }
}

/// The rest of `{key=value, !key}`, from after the brace.
fn parse_attributes(scanner: &mut Scanner<'_>) -> Result<Vec<(String, Check)>, Malformed> {
    let mut attributes = Vec::new();
    while !scanner.sign("}") {
        let absent = scanner.sign("!");
        let key = scanner.name("the key of an attribute, or `}`")?;
        let check = if absent {
            Check::Absent
        } else if !scanner.sign("=") {
            return Err(Malformed::new(
                format!("the attribute `{key}` is compared with nothing"),
                "`key=value`, `key=_` if any value will do, `!key` if it must not be there",
            ));
        } else if scanner.sign("_") {
            Check::Any
        } else {
            Check::Is(scanner.value()?)
        };
        attributes.push((key, check));
        if !scanner.sign(",") && !scanner.next_is('}') {
            return Err(scanner.unexpected(
                "a comma or the end of the attributes is missing",
                "`,` or `}`",
            ));
        }
    }
    Ok(attributes)
}

fn parse_error_text(scanner: &mut Scanner<'_>) -> Result<StatusCheck, Malformed> {
    if scanner.next_is('"') {
        Ok(StatusCheck::Error(scanner.string()?))
    } else if scanner.sign("_") {
        Ok(StatusCheck::AnyError)
    } else {
        Ok(StatusCheck::Error(String::new()))
    }
}

impl Expected {
    /// The line as it would be written.
    pub(super) fn render(&self) -> String {
        let mut line = String::new();
        tree::write_head(self.kind, &self.name, &mut line);
        line.push_str(match self.origin {
            Origin::Plain => "",
            Origin::Remote => " <- remote",
            Origin::Missing => " <- missing",
        });
        if let Some(parent) = &self.parent {
            tree::append(&mut line, format_args!(" {parent}"));
        }
        for link in &self.links {
            tree::append(&mut line, format_args!(" ~> {}", tree::quoted(link)));
        }
        let attributes: Vec<_> = self
            .attributes
            .iter()
            .map(|(key, check)| check.render(key))
            .collect();
        tree::write_braces(&attributes, &mut line);
        match &self.status {
            StatusCheck::Unset => {}
            StatusCheck::Ok => line.push_str(" ok"),
            StatusCheck::AnyError => line.push_str(" error _"),
            StatusCheck::Error(text) if text.is_empty() => line.push_str(" error"),
            StatusCheck::Error(text) => tree::append(&mut line, format_args!(" error {text:?}")),
        }
        if let Some(outcome) = &self.outcome {
            tree::append(&mut line, format_args!(" => {}", tree::quoted(outcome)));
        }
        if self.unordered {
            line.push_str(" unordered");
        }
        line
    }
}

impl Check {
    pub(super) fn render(&self, key: &str) -> String {
        let key = tree::quoted(key);
        match self {
            Self::Is(value) => format!("{key}={value}"),
            Self::Any => format!("{key}=_"),
            Self::Absent => format!("!{key}"),
        }
    }
}
