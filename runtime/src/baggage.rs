//! [`Baggage`]: the application's key-value pairs that travel with a trace.

use std::sync::Arc;

/// Key-value pairs of the application that travel with a trace, as
/// [W3C Baggage](https://www.w3.org/TR/baggage/) defines them. Cloning raises a reference count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baggage(Option<Arc<Vec<(String, String)>>>);

impl Baggage {
    /// Empty baggage. Nothing is allocated.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Whether there are no entries.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |entries| entries.len())
    }
}
