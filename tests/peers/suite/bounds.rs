//! What we want to reach, and whether this run did. Times move from run to run, so that a bound that does
//! not hold fails nothing.

use super::rounds::{Row, median};
use super::waiting::Bytes;

/// A row of a table: the names of its case and of its variant.
pub type Place = (&'static str, &'static str);

/// What we want to reach.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// What is compared.
    pub says: &'static str,
    /// The largest number that is good.
    pub at_most: f64,
    /// Where the number comes from.
    pub of: Of,
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// The time of the first row as part of that of the second.
    Times(Place, Place),
    /// The same of what each of them adds to the third.
    Added(Place, Place, Place),
    /// The bytes that a waiting span of this variant takes.
    Waiting(&'static str),
}

/// Prints the bounds whose rows were measured.
pub(super) fn print(bounds: &[Bound], rows: &[Row<'_>], bytes: &[Bytes]) {
    let measured: Vec<(&Bound, f64)> = bounds
        .iter()
        .filter_map(|bound| Some((bound, measured(bound.of, rows, bytes)?)))
        .collect();
    if measured.is_empty() {
        return;
    }
    println!("\n### Bounds\n");
    println!("| bound | at most | measured | holds |");
    println!("| --- | ---: | ---: | --- |");
    for (bound, number) in measured {
        let Bound { says, at_most, of } = bound;
        let holds = if number <= *at_most { "yes" } else { "no" };
        match of {
            Of::Waiting(_) => println!("| {says} | {at_most:.0} | {number:.0} | {holds} |"),
            _ => println!("| {says} | {at_most:.2} | {number:.3} | {holds} |"),
        }
    }
}

fn measured(of: Of, rows: &[Row<'_>], bytes: &[Bytes]) -> Option<f64> {
    let find = |(case, variant): Place| {
        rows.iter()
            .find(|row| row.case.name == case && row.case.variant == variant)
    };
    match of {
        Of::Times(ours, theirs) => Some(ratio(find(ours)?, find(theirs)?, None)),
        Of::Added(ours, theirs, base) => Some(ratio(find(ours)?, find(theirs)?, Some(find(base)?))),
        Of::Waiting(variant) => {
            let found = bytes.iter().find(|bytes| bytes.variant == variant)?;
            Some(found.each)
        }
    }
}

/// The median of the ratios of each round, for variants that took turns; rows of two cases have only their
/// medians in common.
fn ratio(ours: &Row<'_>, theirs: &Row<'_>, base: Option<&Row<'_>>) -> f64 {
    if ours.case.name != theirs.case.name {
        return ours.nanoseconds / theirs.nanoseconds;
    }
    let rounds = ours.rounds.iter().zip(&theirs.rounds).enumerate();
    median(
        rounds
            .map(|(round, (ours, theirs))| {
                let base = base.map_or(0.0, |base| base.rounds[round]);
                (ours - base) / (theirs - base)
            })
            .collect(),
    )
}
