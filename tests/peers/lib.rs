//! What the benchmarks share. Without features it is what counts instructions; the feature `suite` runs
//! the cases of `engines/` and `http/` side by side with the peers, checks what they export, and prints tables.

pub mod callgrind;
pub mod polled;
#[cfg(feature = "suite")]
pub mod suite;
