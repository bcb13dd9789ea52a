//! Ids from a generator of the thread.
//!
//! It is xoroshiro128++, seeded by the operating system, and each step takes in the time of the span that
//! the id is for: a process that was forked, whose generator is a copy, goes its own way from its first
//! span on. Ids are to be different from one another, and need not be secret.

use std::hash::{BuildHasher as _, RandomState};

use super::clock::Ticks;
use crate::ids::{SpanId, TraceId};

#[derive(Debug)]
pub(crate) struct Generator {
    state: [u64; 2],
}

impl Generator {
    /// A generator with a seed that the operating system gave.
    pub(crate) fn new() -> Self {
        let seed = RandomState::new();
        Self {
            state: [seed.hash_one(0u8), seed.hash_one(1u8) | 1],
        }
    }

    pub(super) fn number(&mut self, now: Ticks) -> u64 {
        let [a, b] = self.state;
        let b = b ^ now
            .number()
            .wrapping_add(1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let result = a.wrapping_add(b).rotate_left(17).wrapping_add(a);
        let mixed = a ^ b;
        self.state = [
            a.rotate_left(49) ^ mixed ^ (mixed << 21),
            mixed.rotate_left(28),
        ];
        result
    }

    pub(crate) fn span_id(&mut self, now: Ticks) -> SpanId {
        loop {
            if let Some(id) = SpanId::from_bytes(self.number(now).to_be_bytes()) {
                return id;
            }
        }
    }

    pub(crate) fn trace_id(&mut self, now: Ticks) -> TraceId {
        loop {
            let halves = (u128::from(self.number(now)) << 64) | u128::from(self.number(now));
            if let Some(id) = TraceId::from_bytes(halves.to_be_bytes()) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_differ_on_one_thread_and_between_threads() {
        let ids = || {
            let mut generator = Generator::new();
            (0..10_000)
                .map(|_| generator.span_id(Ticks::now()))
                .collect::<Vec<_>>()
        };
        let mut all: HashSet<_> = ids().into_iter().collect();
        all.extend(std::thread::spawn(ids).join().expect("the thread ends"));
        assert_eq!(all.len(), 20_000);
    }

    /// What is left of a fork are two generators of one state.
    #[test]
    fn copies_that_are_asked_at_other_times_go_their_own_ways() {
        let original = Generator::new();
        let copy = Generator {
            state: original.state,
        };
        let ids = |mut generator: Generator, first: u8| {
            let mut ids = vec![generator.span_id(Ticks::from_bytes([first, 0, 0, 0, 0, 0, 0, 0]))];
            ids.extend((0..1_000).map(|_| generator.span_id(Ticks::default())));
            ids
        };
        let mut all: HashSet<_> = ids(original, 1).into_iter().collect();
        all.extend(ids(copy, 2));
        assert_eq!(all.len(), 2_002);
    }
}
