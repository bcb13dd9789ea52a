//! [`Entry`]: what can be entered, and the [`Token`] that says which entry is to be left.

#[cfg(feature = "engine")]
use super::foreign::Foreign;
use crate::current::frame::{Frame, Realm};
use crate::span::Active;

/// Says which entry is to be left. Spans of others can be left in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token(pub(super) u64);

impl Token {
    /// That of no entry.
    pub(crate) const NONE: Self = Self(u64::MAX);

    /// That of the first entry.
    pub(in crate::current) const FIRST: Self = Self(0);

    #[cfg(feature = "engine")]
    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    #[cfg(feature = "engine")]
    pub(crate) const fn number(self) -> u64 {
        self.0
    }
}

/// What can be entered.
pub(crate) enum Entry {
    /// A span of ours.
    Span(Box<Active>),
    /// A task that continues this somewhere else; with nothing, one that has no part in what is
    /// current around it.
    Task(Option<Box<Frame>>),
    /// A span of others that the engine records.
    #[cfg(feature = "engine")]
    Foreign(Box<Foreign>),
    /// A scope is left for a while: what is below this token is visible, and nothing between.
    #[cfg(feature = "engine")]
    Outside(Token),
}

impl Entry {
    #[inline]
    pub(super) fn frame(&self) -> Option<&Frame> {
        match self {
            Self::Span(active) => Some(&active.frame),
            Self::Task(frame) => frame.as_deref(),
            #[cfg(feature = "engine")]
            Self::Foreign(foreign) => Some(&foreign.frame),
            #[cfg(feature = "engine")]
            Self::Outside(_) => None,
        }
    }

    #[inline]
    pub(super) fn frame_mut(&mut self) -> Option<&mut Frame> {
        match self {
            Self::Span(active) => Some(&mut active.frame),
            Self::Task(frame) => frame.as_deref_mut(),
            #[cfg(feature = "engine")]
            Self::Foreign(foreign) => Some(&mut foreign.frame),
            #[cfg(feature = "engine")]
            Self::Outside(_) => None,
        }
    }

    /// Whether it counts in a realm.
    #[inline]
    pub(super) fn is_in(&self, realm: Realm) -> bool {
        match self {
            #[cfg(feature = "engine")]
            Self::Outside(_) => false,
            // What hides everything hides it in each.
            Self::Task(None) => true,
            entry => entry.frame().is_some_and(|frame| frame.realm == realm),
        }
    }

    pub(super) const fn is_ours(&self) -> bool {
        matches!(self, Self::Span(_) | Self::Task(_))
    }
}
