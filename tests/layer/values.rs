//! The values of a [plan](crate::plan) in the form that `tracing` takes.

use std::error::Error;
use std::fmt;

use tracing::Value;
use tracing::field::Empty;

use crate::plan::Val;

/// A value in the form that `tracing` takes.
pub(crate) enum Recorded {
    Value(Box<dyn Value>),
    Error(Box<dyn Error + 'static>),
}

struct Text(&'static str);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({:?})", self.0)
    }
}

/// An error with sources.
#[derive(Debug)]
struct Chain(Option<Box<Chain>>, usize);

impl Chain {
    fn new(sources: usize) -> Self {
        Self(
            sources.checked_sub(1).map(|rest| Box::new(Self::new(rest))),
            sources,
        )
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} below", self.1)
    }
}

impl Error for Chain {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|source| source as _)
    }
}

impl From<Val> for Recorded {
    fn from(value: Val) -> Self {
        Self::Value(match value {
            Val::Absent => Box::new(Empty),
            Val::Bool(value) => Box::new(value),
            Val::I64(value) => Box::new(value),
            Val::U64(value) => Box::new(value),
            Val::I128(value) => Box::new(value),
            Val::U128(value) => Box::new(value),
            Val::F64(value) => Box::new(value),
            Val::Text(value) => Box::new(value),
            Val::Display(value) => Box::new(tracing::field::display(Text(value))),
            Val::Debug(value) => Box::new(tracing::field::debug(Text(value))),
            Val::Error(sources) => return Self::Error(Box::new(Chain::new(sources))),
        })
    }
}

impl Recorded {
    pub(crate) fn as_value(&self) -> &dyn Value {
        match self {
            Self::Value(value) => &**value,
            Self::Error(error) => error,
        }
    }
}

pub(crate) fn with_value(value: &Val, f: impl FnOnce(&dyn Value)) {
    f(Recorded::from(*value).as_value());
}
