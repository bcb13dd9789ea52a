//! [`View`]: the entries that are visible in a realm.

#[cfg(feature = "engine")]
use super::Token;
use super::{Entry, Stack};
use crate::current::frame::Realm;

/// Goes through the entries that are visible in a realm, the innermost first.
pub(super) struct View {
    realm: Realm,
    /// The entries from here on were seen.
    seen: usize,
    /// Entries from this token on are hidden.
    #[cfg(feature = "engine")]
    hidden: Token,
    /// So are those before this one.
    #[cfg(feature = "engine")]
    border: Token,
}

impl View {
    pub(super) fn new(realm: Realm, stack: &Stack) -> Self {
        Self {
            realm,
            seen: stack.entries.len(),
            #[cfg(feature = "engine")]
            hidden: Token::NONE,
            #[cfg(feature = "engine")]
            border: stack.border,
        }
    }

    /// The place of the next one.
    pub(super) fn next(&mut self, stack: &Stack) -> Option<usize> {
        while let Some(place) = self.seen.checked_sub(1) {
            self.seen = place;
            let entered = stack.entries.get(place)?;
            #[cfg(feature = "engine")]
            if entered.token >= self.hidden {
                continue;
            }
            #[cfg(feature = "engine")]
            if entered.token < self.border {
                self.seen = 0;
                return None;
            }
            match &entered.entry {
                #[cfg(feature = "engine")]
                Entry::Outside(below) => {
                    self.hidden = *below;
                    self.border = stack.border_below(*below);
                }
                entry if entry.is_in(self.realm) => return Some(place),
                // It was started in another realm: it continues nothing of this one.
                Entry::Task(_) => self.seen = 0,
                _ => {}
            }
        }
        None
    }
}
