//! [`Body`]: what a span writes down while it is open, as bytes.
//!
//! Attributes, events, links, status and name are items one behind the other in a buffer that is used
//! again for the next span: nothing is allocated on the way. A key is the number of a field of the
//! callsite where there is one, and text otherwise. [`Items`] reads them back, on the thread that
//! exports; there a key that was written twice becomes one.

use std::fmt::{self, Write as _};

use super::clock::Moment;
use super::config::Limits;
use super::items::{
    ATTRIBUTE, BOOL, DROPPED, EVENT, EVENT_BEFORE, F64, FIELD, I64, Item, Items, LINK, LIST, NAME,
    OUTCOME, STATUS_ERROR, STATUS_ERROR_UNLESS_SET, STATUS_OK, TEXT,
};
use crate::context::TraceContext;
use crate::span::{AttributeValue, Ended};

/// Beyond this many bytes a span takes no further name or status from outside: these have no count.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// Beyond this many bytes a span is not looked through for attributes that are there twice.
const MOST_LOOKED_THROUGH: usize = 8 << 10;

/// The items of a span.
#[derive(Debug, Default)]
pub(crate) struct Body {
    bytes: Vec<u8>,
    counts: Counts,
    /// The item that has items of its own, until it ends.
    open: Option<Open>,
    /// Whether there is no room for attributes, and none of them is there twice.
    is_full: bool,
}

#[derive(Debug, Default)]
struct Open {
    /// Where its length is.
    start: usize,
    attributes: u32,
    /// How many of them there may be.
    most: u32,
    dropped_attributes: u32,
}

/// How many there are, and how many were over the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    attributes: u32,
    events: u32,
    links: u32,
    pub(crate) dropped_attributes: u32,
    pub(crate) dropped_events: u32,
    pub(crate) dropped_links: u32,
}

impl Counts {
    /// How many times an attribute was written: the same one may be among them twice.
    pub(crate) fn attributes(&self) -> usize {
        usize::try_from(self.attributes).unwrap_or(usize::MAX)
    }
}

/// Values of one type, for an attribute that is a list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    One(AttributeValue<'a>),
    List(&'a [AttributeValue<'a>]),
}

impl Body {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.counts = Counts::default();
        self.open = None;
        self.is_full = false;
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) const fn counts(&self) -> Counts {
        self.counts
    }

    /// What was written, in order.
    pub(crate) fn items(&self) -> Items<'_> {
        Items::new(&self.bytes)
    }

    /// The room that is kept for the next span.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// The name to export, instead of that of the callsite; `false` if it is empty. The last one counts.
    pub(crate) fn name(&mut self, name: &AttributeValue<'_>) -> bool {
        self.bytes.push(NAME);
        self.text(usize::MAX, name) > 0
    }

    /// The name to export as the words that it has, with spaces between them.
    pub(crate) fn name_of<'a>(&mut self, words: impl Iterator<Item = AttributeValue<'a>>) {
        self.bytes.push(NAME);
        let start = self.bytes.len();
        self.len(0);
        for (number, word) in words.enumerate() {
            if number > 0 {
                self.bytes.push(b' ');
            }
            self.characters(usize::MAX, &word);
        }
        let len = self.bytes.len() - start - LEN;
        self.set_len(start, len);
    }

    /// The value of a field of the callsite.
    pub(crate) fn field(&mut self, limits: &Limits, number: usize, value: &AttributeValue<'_>) {
        if matches!(value, AttributeValue::Absent) || !self.has_room_for_attribute(limits) {
            return;
        }
        match u8::try_from(number) {
            Ok(number) => self.bytes.extend_from_slice(&[FIELD, number]),
            // No callsite has as many: the macros refuse more.
            Err(_) => return,
        }
        self.value(limits, value);
    }

    /// The value of any other attribute.
    pub(crate) fn attribute(&mut self, limits: &Limits, key: &str, value: Value<'_>) {
        if matches!(value, Value::One(AttributeValue::Absent))
            || !self.has_room_for_attribute(limits)
        {
            return;
        }
        self.bytes.push(ATTRIBUTE);
        self.raw_text(key);
        match value {
            Value::One(value) => self.value(limits, &value),
            Value::List(values) => {
                self.bytes.push(LIST);
                self.len(values.len());
                for value in values {
                    self.value(limits, value);
                }
            }
        }
    }

    /// Begins an event, which has the name and the attributes that follow, until [`end`](Self::end).
    /// `false` where there is no room for it; then nothing may follow.
    #[must_use]
    pub(crate) fn event(&mut self, limits: &Limits, at: impl Into<Moment>) -> bool {
        let counts = &mut self.counts;
        if !has_room(
            &mut counts.events,
            &mut counts.dropped_events,
            limits.events,
        ) {
            return false;
        }
        let at = at.into();
        self.bytes
            .push(if at.before == 0 { EVENT } else { EVENT_BEFORE });
        self.bytes.extend_from_slice(&at.now.to_bytes());
        if at.before != 0 {
            self.bytes.extend_from_slice(&at.before.to_le_bytes());
        }
        self.begin(limits.attributes_of_event);
        true
    }

    /// Begins a link, as [`event`](Self::event) does an event.
    #[must_use]
    pub(crate) fn link(&mut self, limits: &Limits, to: &TraceContext) -> bool {
        let counts = &mut self.counts;
        if !has_room(&mut counts.links, &mut counts.dropped_links, limits.links) {
            return false;
        }
        self.bytes.push(LINK);
        self.bytes.extend_from_slice(&to.trace_id().to_bytes());
        self.bytes.extend_from_slice(&to.span_id().to_bytes());
        self.bytes
            .extend_from_slice(&[to.flags().bits(), u8::from(to.is_remote())]);
        self.raw_text(to.tracestate().map_or("", |state| state.as_str()));
        self.begin(limits.attributes_of_link);
        true
    }

    /// Counts links that were dropped before they came here.
    pub(crate) fn drop_links(&mut self, number: u32) {
        let dropped = &mut self.counts.dropped_links;
        *dropped = dropped.saturating_add(number);
    }

    /// Ends an event or a link.
    pub(crate) fn end(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        if open.dropped_attributes > 0 {
            self.bytes.push(DROPPED);
            self.bytes
                .extend_from_slice(&open.dropped_attributes.to_le_bytes());
        }
        let len = self.bytes.len() - open.start - LEN;
        self.set_len(open.start, len);
    }

    /// How a span of ours ended.
    pub(crate) fn outcome(&mut self, ended: Ended) {
        self.bytes.extend_from_slice(&[OUTCOME, ended as u8]);
    }

    /// The operation is known to be a success.
    pub(crate) fn ok(&mut self) {
        self.bytes.push(STATUS_OK);
    }

    /// The operation failed. An empty description leaves what was said before.
    pub(crate) fn error(&mut self, description: &AttributeValue<'_>) {
        self.bytes.push(STATUS_ERROR);
        self.text(usize::MAX, description);
    }

    /// The operation failed, if nothing else was said until here.
    pub(crate) fn error_unless_set(&mut self) {
        self.bytes.push(STATUS_ERROR_UNLESS_SET);
    }

    /// Appends the items of another, as far as there is room.
    pub(crate) fn append(&mut self, limits: &Limits, other: &Self) {
        let there = other.counts;
        if self.counts.attributes + there.attributes > limits.attributes {
            self.forget_repeated(limits);
        }
        let here = &mut self.counts;
        if here.attributes + there.attributes > limits.attributes
            || here.events + there.events > limits.events
            || here.links + there.links > limits.links
            || self.bytes.len() >= MOST_BYTES
        {
            self.append_what_fits(limits, other);
        } else {
            here.attributes += there.attributes;
            here.events += there.events;
            here.links += there.links;
            self.bytes.extend_from_slice(&other.bytes);
        }
        let here = &mut self.counts;
        here.dropped_attributes += there.dropped_attributes;
        here.dropped_events += there.dropped_events;
        here.dropped_links += there.dropped_links;
    }

    fn append_what_fits(&mut self, limits: &Limits, other: &Self) {
        let mut rest = Items::new(&other.bytes);
        loop {
            let before = rest.0;
            let Some(item) = rest.next() else {
                return;
            };
            let mut uncounted = (0, 0);
            let here = &mut self.counts;
            let (count, dropped, limit) = match item {
                Item::Field(..) | Item::Attribute(..) => (
                    &mut here.attributes,
                    &mut here.dropped_attributes,
                    limits.attributes,
                ),
                Item::Event(..) => (&mut here.events, &mut here.dropped_events, limits.events),
                Item::Link(..) => (&mut here.links, &mut here.dropped_links, limits.links),
                Item::Outcome(_)
                | Item::Name(_)
                | Item::Ok
                | Item::Error(_)
                | Item::ErrorUnlessSet
                | Item::Dropped(_) => (
                    &mut uncounted.0,
                    &mut uncounted.1,
                    u32::from(self.bytes.len() < MOST_BYTES),
                ),
            };
            if *count >= limit {
                *dropped += 1;
                continue;
            }
            *count += 1;
            let len = before.len() - rest.0.len();
            self.bytes
                .extend_from_slice(before.get(..len).unwrap_or_default());
        }
    }

    /// Makes room: of the attributes that are there twice only the last value counts.
    #[cold]
    fn forget_repeated(&mut self, limits: &Limits) {
        if self.is_full || self.bytes.len() > MOST_LOOKED_THROUGH {
            return;
        }
        let mut items = Vec::new();
        let mut rest = Items::new(&self.bytes);
        loop {
            let before = rest.0;
            let Some(item) = rest.next() else {
                break;
            };
            let len = before.len() - rest.0.len();
            let key = match item {
                Item::Field(number, _) => Some((Some(number), "")),
                Item::Attribute(key, _) => Some((None, key)),
                _ => None,
            };
            items.push((key, before.get(..len).unwrap_or_default()));
        }
        let mut kept = Vec::with_capacity(self.bytes.len());
        let mut forgotten = 0;
        for (number, (key, bytes)) in items.iter().enumerate() {
            let mut later = items.iter().skip(number + 1);
            if key.is_some() && later.any(|(later, _)| later == key) {
                forgotten += 1;
            } else {
                kept.extend_from_slice(bytes);
            }
        }
        self.is_full = forgotten == 0 && self.counts.attributes >= limits.attributes;
        if forgotten > 0 {
            self.counts.attributes -= forgotten;
            self.bytes = kept;
        }
    }

    fn has_room_for_attribute(&mut self, limits: &Limits) -> bool {
        if self.open.is_none() && self.counts.attributes >= limits.attributes {
            self.forget_repeated(limits);
        }
        let counts = &mut self.counts;
        match &mut self.open {
            Some(open) => has_room(
                &mut open.attributes,
                &mut open.dropped_attributes,
                open.most,
            ),
            None => has_room(
                &mut counts.attributes,
                &mut counts.dropped_attributes,
                limits.attributes,
            ),
        }
    }

    fn begin(&mut self, most: u32) {
        self.open = Some(Open {
            start: self.bytes.len(),
            most,
            ..Open::default()
        });
        self.len(0);
    }

    fn value(&mut self, limits: &Limits, value: &AttributeValue<'_>) {
        match value {
            AttributeValue::Bool(value) => {
                self.bytes.extend_from_slice(&[BOOL, u8::from(*value)]);
            }
            AttributeValue::I64(value) => {
                self.bytes.push(I64);
                self.bytes.extend_from_slice(&value.to_le_bytes());
            }
            AttributeValue::F64(value) => {
                self.bytes.push(F64);
                self.bytes.extend_from_slice(&value.to_le_bytes());
            }
            text => {
                self.bytes.push(TEXT);
                self.text(limits.value_length, text);
            }
        }
    }

    /// Text of at most `limit` bytes, and how many they are; a character that does not fit as a whole is left out.
    fn text(&mut self, limit: usize, text: &AttributeValue<'_>) -> usize {
        if let AttributeValue::Str(text) = text {
            let text = text.get(..limit).unwrap_or_else(|| up_to(text, limit));
            self.raw_text(text);
            return text.len();
        }
        let start = self.bytes.len();
        self.len(0);
        self.characters(limit, text);
        let len = self.bytes.len() - start - LEN;
        self.set_len(start, len);
        len
    }

    fn characters(&mut self, limit: usize, text: &AttributeValue<'_>) {
        let mut out = Text {
            bytes: &mut self.bytes,
            room: limit,
        };
        // A `Display` that fails or panics spoils its own text and nothing else.
        let _ = match text {
            AttributeValue::Str(text) => out.write_str(text),
            text => write!(out, "{text}"),
        };
    }

    fn raw_text(&mut self, text: &str) {
        self.len(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn len(&mut self, len: usize) {
        // What is longer than 4 GiB does not come here: a span is dropped long before.
        self.bytes
            .extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn set_len(&mut self, at: usize, len: usize) {
        let len = u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(place) = self.bytes.get_mut(at..at + LEN) {
            place.copy_from_slice(&len);
        }
    }
}

const LEN: usize = size_of::<u32>();

/// Counts one more, or counts it as dropped.
const fn has_room(count: &mut u32, dropped: &mut u32, limit: u32) -> bool {
    let has_room = *count < limit;
    if has_room {
        *count += 1;
    } else {
        *dropped += 1;
    }
    has_room
}

/// The beginning of a text of at most `limit` bytes, without a part of a character.
pub(crate) fn up_to(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Writes text into the buffer, up to a limit.
struct Text<'a> {
    bytes: &'a mut Vec<u8>,
    room: usize,
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fitting = up_to(text, self.room);
        self.bytes.extend_from_slice(fitting.as_bytes());
        // What comes behind a text that was cut is not to come in its place.
        self.room = if fitting.len() == text.len() {
            self.room - fitting.len()
        } else {
            0
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::Ticks;
    use super::super::items::Written;
    use super::*;

    fn limits() -> Limits {
        Limits {
            attributes: 2,
            events: 1,
            value_length: 4,
            ..Limits::default()
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let mut body = Body::default();
        let limits = Limits::default();
        body.field(&limits, 3, &AttributeValue::I64(-7));
        body.name(&AttributeValue::Display(&"renamed"));
        assert!(body.event(&limits, Ticks::from_bytes(9u64.to_le_bytes())));
        body.name(&AttributeValue::Str("said"));
        body.attribute(
            &limits,
            "key",
            Value::List(&[AttributeValue::Bool(true), AttributeValue::Str("b")]),
        );
        body.end();
        body.error(&AttributeValue::Str("no"));
        assert_eq!(
            Items::new(body.bytes())
                .map(|item| format!("{item:?}"))
                .map(|item| item.split('(').next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>(),
            ["Field", "Name", "Event", "Error"]
        );
        let Some(Item::Event(_, mut event)) = Items::new(body.bytes()).nth(2) else {
            panic!("there is an event");
        };
        assert!(matches!(event.next(), Some(Item::Name("said"))));
        let Some(Item::Attribute("key", Written::List(list))) = event.next() else {
            panic!("the event has an attribute");
        };
        assert!(matches!(
            list.collect::<Vec<_>>()[..],
            [Written::Bool(true), Written::Text("b")]
        ));
        assert!(event.next().is_none());
    }

    #[test]
    fn what_is_over_the_limits_is_counted() {
        let mut body = Body::default();
        let limits = limits();
        for number in 0..5 {
            body.field(&limits, number, &AttributeValue::Bool(true));
        }
        assert!(body.event(&limits, Ticks::default()));
        body.end();
        assert!(!body.event(&limits, Ticks::default()));
        assert_eq!(
            (
                body.counts().dropped_attributes,
                body.counts().dropped_events
            ),
            (3, 1)
        );
        assert_eq!(Items::new(body.bytes()).count(), 3);
    }

    #[test]
    fn what_is_appended_is_taken_as_far_as_there_is_room() {
        let limits = limits();
        let mut other = Body::default();
        for number in 1..3 {
            other.field(&limits, number, &AttributeValue::I64(7));
        }
        other.error(&AttributeValue::Str("no"));
        let mut body = Body::default();
        body.field(&limits, 0, &AttributeValue::Bool(true));
        body.append(&limits, &other);
        assert_eq!(body.counts().dropped_attributes, 1);
        let items: Vec<_> = Items::new(body.bytes()).collect();
        assert!(
            matches!(
                items[..],
                [
                    Item::Field(0, _),
                    Item::Field(1, Written::I64(7)),
                    Item::Error("no")
                ]
            ),
            "{items:?}"
        );
    }

    #[test]
    fn a_span_that_never_ends_does_not_grow_with_what_is_said_about_its_status() {
        let mut body = Body::default();
        let mut event = Body::default();
        event.error(&AttributeValue::Str("a description of what went wrong"));
        event.error_unless_set();
        for _ in 0..100_000 {
            body.append(&limits(), &event);
        }
        assert!(body.bytes().len() <= MOST_BYTES + event.bytes().len());
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        for text in ["aaaé", "aaaaa"] {
            for value in [AttributeValue::Str(text), AttributeValue::Display(&text)] {
                let mut body = Body::default();
                body.field(&limits(), 0, &value);
                let Some(Item::Field(0, Written::Text(read))) = Items::new(body.bytes()).next()
                else {
                    panic!("there is a text");
                };
                assert!(
                    text.starts_with(read) && (3..=4).contains(&read.len()),
                    "{read}"
                );
            }
        }
    }
}
