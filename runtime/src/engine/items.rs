//! [`Items`]: reads back what a span has written down, on the thread that exports.
//!
//! An item is a tag and what belongs to it, as [`Body`](super::body::Body) wrote it; the tags of both are
//! here.

use std::borrow::Cow;

use super::clock::{Moment, Ticks};
use crate::span::Ended;

pub(super) const NAME: u8 = 0;
pub(super) const FIELD: u8 = 1;
pub(super) const ATTRIBUTE: u8 = 2;
pub(super) const EVENT: u8 = 3;
pub(super) const LINK: u8 = 4;
pub(super) const STATUS_OK: u8 = 5;
pub(super) const STATUS_ERROR: u8 = 6;
pub(super) const STATUS_ERROR_UNLESS_SET: u8 = 7;
pub(super) const OUTCOME: u8 = 8;
pub(super) const EVENT_BEFORE: u8 = 9;
pub(super) const DROPPED: u8 = 10;

pub(super) const BOOL: u8 = 0;
pub(super) const I64: u8 = 1;
pub(super) const F64: u8 = 2;
pub(super) const TEXT: u8 = 3;
pub(super) const LIST: u8 = 4;

/// What was written, in order.
#[derive(Clone, Debug)]
pub(crate) enum Item<'a> {
    Name(&'a str),
    Field(usize, Written<'a>),
    Attribute(&'a str, Written<'a>),
    Event(Moment, Items<'a>),
    Link(LinkedTo<'a>, Items<'a>),
    Ok,
    Error(&'a str),
    ErrorUnlessSet,
    /// So many attributes of this event or link were over the limit.
    Dropped(u32),
    Outcome(Ended),
}

/// A value that was written.
#[derive(Clone, Debug)]
pub(crate) enum Written<'a> {
    Bool(bool),
    I64(i64),
    F64(f64),
    Text(&'a str),
    List(List<'a>),
}

impl<'a> Written<'a> {
    /// The value as text; none of a list.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Bool(value) => Cow::Owned(value.to_string()),
            Self::I64(value) => Cow::Owned(value.to_string()),
            Self::F64(value) => Cow::Owned(value.to_string()),
            Self::Text(text) => Cow::Borrowed(text),
            Self::List(_) => return None,
        })
    }
}

/// The values of a list.
#[derive(Clone, Debug)]
pub(crate) struct List<'a> {
    items: Items<'a>,
    len: usize,
}

/// The span that a link names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkedTo<'a> {
    pub(crate) trace_id: [u8; 16],
    pub(crate) span_id: [u8; 8],
    pub(crate) flags: u8,
    pub(crate) is_remote: bool,
    pub(crate) tracestate: &'a str,
}

/// Reads items.
#[derive(Clone, Debug)]
pub(crate) struct Items<'a>(pub(super) &'a [u8]);

impl<'a> Items<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn len(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = self.len()?;
        std::str::from_utf8(self.take(len)?).ok()
    }

    fn inner(&mut self) -> Option<Self> {
        let len = self.len()?;
        self.take(len).map(Self)
    }

    fn value(&mut self) -> Option<Written<'a>> {
        Some(match self.byte()? {
            BOOL => Written::Bool(self.byte()? != 0),
            I64 => Written::I64(i64::from_le_bytes(self.array()?)),
            F64 => Written::F64(f64::from_le_bytes(self.array()?)),
            TEXT => Written::Text(self.text()?),
            LIST => {
                let len = self.len()?;
                let items = self.clone();
                for _ in 0..len {
                    self.value()?;
                }
                Written::List(List { items, len })
            }
            _ => return None,
        })
    }

    fn item(&mut self) -> Option<Item<'a>> {
        Some(match self.byte()? {
            NAME => Item::Name(self.text()?),
            FIELD => Item::Field(usize::from(self.byte()?), self.value()?),
            ATTRIBUTE => Item::Attribute(self.text()?, self.value()?),
            EVENT => Item::Event(Ticks::from_bytes(self.array()?).into(), self.inner()?),
            EVENT_BEFORE => {
                let at = Moment {
                    now: Ticks::from_bytes(self.array()?),
                    before: i64::from_le_bytes(self.array()?),
                };
                Item::Event(at, self.inner()?)
            }
            LINK => {
                let to = LinkedTo {
                    trace_id: self.array()?,
                    span_id: self.array()?,
                    flags: self.byte()?,
                    is_remote: self.byte()? != 0,
                    tracestate: self.text()?,
                };
                Item::Link(to, self.inner()?)
            }
            STATUS_OK => Item::Ok,
            STATUS_ERROR => Item::Error(self.text()?),
            STATUS_ERROR_UNLESS_SET => Item::ErrorUnlessSet,
            DROPPED => Item::Dropped(u32::from_le_bytes(self.array()?)),
            OUTCOME => {
                let number = self.byte()?;
                let mut all = Ended::ALL.into_iter();
                Item::Outcome(all.find(|ended| *ended as u8 == number)?)
            }
            _ => return None,
        })
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        self.item()
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Written<'a>;

    fn next(&mut self) -> Option<Written<'a>> {
        self.len = self.len.checked_sub(1)?;
        self.items.value()
    }
}
