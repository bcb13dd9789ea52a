//! Types whose values are recorded in one way only.

use std::fmt::{self, Display};

/// A type that has only `Debug`.
#[derive(Debug)]
pub(crate) enum Mode {
    Fast,
}

/// A type that has only `Display`.
pub(crate) struct Shown(pub(crate) u8);

impl Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shown {}", self.0)
    }
}
