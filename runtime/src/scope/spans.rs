//! The open spans of `tracing` in a scope, and their ids.
//!
//! Ids of two subscribers that meet must not be taken for one another. So those of scopes are of a part of the numbers
//! that no other subscriber uses: the `Registry` packs a thread into its ids, below a bound, and these name a thread
//! beyond it.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::Metadata;
use tracing::span::Id;

use crate::current::Token;
use crate::engine::{Open, OpenSpans};

/// The part of the numbers: in the `Registry` a generation of a slot and a thread, of which the highest bit is never set.
const SPACE: u64 = (0b1_0110_1001_1010 << 51) | (1 << 50);
/// What of a number says whose part it is in.
const PART: u64 = !((1 << 50) - 1);
/// An annotated function that runs on this thread: the number is that of its entry there.
const ENTERED: u64 = 1 << 49;
/// A span that is not recorded.
const NONE: u64 = SPACE;

/// Locks, so that threads rarely wait for each other.
const SHARDS: usize = 16;

/// The open spans of one scope.
#[derive(Default)]
pub(super) struct OwnSpans {
    shards: [Mutex<HashMap<u64, Kept>>; SHARDS],
}

struct Kept {
    handles: usize,
    metadata: &'static Metadata<'static>,
    open: Open,
}

fn id(number: u64) -> Id {
    Id::from_non_zero_u64(NonZeroU64::new(number).unwrap_or(NonZeroU64::MIN))
}

/// The id of all spans that are not recorded: entering it is nothing, and what is inside has the parent around it.
pub(super) fn unrecorded() -> Id {
    id(NONE)
}

/// Whether a span is of a scope.
pub(super) fn is_of_a_scope(id: &Id) -> bool {
    id.into_u64() & PART == SPACE
}

/// The id that an annotated function has on its thread, until somebody wants to keep it.
pub(super) fn of_entered(token: Token) -> Id {
    id(SPACE | ENTERED | token.number() & (ENTERED - 1))
}

/// The entry on this thread that an id was made of.
pub(super) fn entered(id: &Id) -> Option<Token> {
    let number = id.into_u64();
    let is_it = is_of_a_scope(id) && number & ENTERED != 0;
    is_it.then(|| Token::new(number & (ENTERED - 1)))
}

impl OwnSpans {
    fn shard(&self, number: u64) -> MutexGuard<'_, HashMap<u64, Kept>> {
        let number = usize::try_from(number % SHARDS as u64).unwrap_or_default();
        self.shards[number]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A new span with one handle.
    pub(super) fn insert(&self, metadata: &'static Metadata<'static>, open: Open) -> Id {
        // Numbers are those of all scopes of the process, and begin behind that of what is not recorded.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = SPACE | NEXT.fetch_add(1, Ordering::Relaxed) & (ENTERED - 1);
        let kept = Kept {
            handles: 1,
            metadata,
            open,
        };
        self.shard(number).insert(number, kept);
        id(number)
    }

    /// One more handle.
    pub(super) fn keep(&self, id: &Id) {
        let number = id.into_u64();
        if let Some(kept) = self.shard(number).get_mut(&number) {
            kept.handles += 1;
        }
    }

    /// One handle less; the span, with the last.
    pub(super) fn release(&self, id: &Id) -> Option<Open> {
        let number = id.into_u64();
        let mut shard = self.shard(number);
        let kept = shard.get_mut(&number)?;
        kept.handles -= 1;
        if kept.handles > 0 {
            return None;
        }
        shard.remove(&number).map(|kept| kept.open)
    }

    pub(super) fn metadata(&self, id: &Id) -> Option<&'static Metadata<'static>> {
        let number = id.into_u64();
        Some(self.shard(number).get(&number)?.metadata)
    }
}

impl OpenSpans for OwnSpans {
    fn open<R>(&self, id: &Id, f: impl FnOnce(&mut Open) -> R) -> Option<R> {
        let number = id.into_u64();
        self.shard(number)
            .get_mut(&number)
            .map(|kept| f(&mut kept.open))
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::registry::LookupSpan as _;

    use super::*;

    #[test]
    fn an_id_of_a_scope_is_none_of_a_registry() {
        let registry = tracing_subscriber::registry();
        for id in [unrecorded(), id(SPACE | 1), of_entered(Token::new(7))] {
            assert!(is_of_a_scope(&id));
            assert!(registry.span(&id).is_none());
        }
    }

    #[test]
    fn numbers_of_others_are_not_of_a_scope() {
        for number in [1, u64::from(u32::MAX), u64::MAX, SPACE - 1, !SPACE] {
            assert!(!is_of_a_scope(&Id::from_u64(number)), "{number:#x}");
        }
    }

    #[test]
    fn the_entry_of_an_annotated_function_is_found_in_its_id() {
        let token = Token::new(123_456);
        assert_eq!(entered(&of_entered(token)), Some(token));
        assert_eq!(entered(&id(SPACE | 5)), None);
        assert_eq!(entered(&Id::from_u64(ENTERED | 5)), None);
    }
}
