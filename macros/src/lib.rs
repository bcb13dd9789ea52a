//! The attribute macros of tracing-relay. Depend on `tracing-relay`, which re-exports and
//! documents them.
//!
//! Each macro reads its arguments and its item independently (`args`), turns them into a checked
//! meaning (`plan`) and prints that as tokens (`expand`). The modules here are what they share.

#![warn(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
#![cfg_attr(
    test,
    allow(
        clippy::expect_used,
        clippy::panic,
        clippy::unwrap_used,
        reason = "tests fail by panicking"
    )
)]

mod diag;
mod driver;
mod item;
mod options;
mod paths;
#[cfg(test)]
mod snapshots;

/// The options of all attributes: a mistaken option is looked up in those of the others.
static TABLES: &[&options::Table] = &[];
