//! The bounds that are counted, because what is counted is the same on every machine.

use std::process::ExitCode;

use tracing_relay_peers::callgrind;

use crate::cases::Case;
use crate::rounds::{allocations, instructions};

/// What a variant may cost at most, beside the first one of its name, which allocates as often.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// Nothing is said about it.
    None,
    /// As many times the instructions.
    Times(f64),
    /// As many more instructions.
    More(f64),
}

impl Bound {
    /// Instructions, where the first variant takes this many.
    fn at_most(self, first: f64) -> Option<f64> {
        match self {
            Self::None => None,
            Self::Times(times) => Some(first * times),
            Self::More(more) => Some(first + more),
        }
    }
}

/// Counts what has a bound, and fails where one is passed.
pub(crate) fn check(cases: &[&Case]) -> ExitCode {
    let mut hold = true;
    for variants in cases.chunk_by(|one, other| (one.table, one.name) == (other.table, other.name))
    {
        if let [first, others @ ..] = variants {
            let bound: Vec<_> = others
                .iter()
                .filter(|case| !matches!(case.bound, Bound::None))
                .collect();
            if !bound.is_empty() {
                hold &= holds(first, &bound);
            }
        }
    }
    if hold {
        return ExitCode::SUCCESS;
    }
    eprintln!("FAILED: a bound is passed");
    ExitCode::FAILURE
}

fn holds(first: &Case, others: &[&&Case]) -> bool {
    let first_allocations = allocations(first);
    let first_instructions = instructions(first);
    if first_instructions.is_none() {
        eprintln!("{}", callgrind::SKIPPED);
    }
    let mut hold = true;
    for case in others {
        let allocated = allocations(case);
        let counted = first_instructions.and_then(|_| instructions(case));
        let at_most = first_instructions.and_then(|first| case.bound.at_most(first));
        // Something that grows once in a while is no allocation of a call.
        let is_passed = allocated > first_allocations + 0.01
            || counted
                .zip(at_most)
                .is_some_and(|(counted, at_most)| counted > at_most);
        hold &= !is_passed;
        println!(
            "{}: {:.0} instructions (at most {:.0}), {allocated} allocations (at most {first_allocations}){}",
            case.key(),
            counted.unwrap_or(f64::NAN),
            at_most.unwrap_or(f64::NAN),
            if is_passed { ": PASSED" } else { "" },
        );
    }
    hold
}
