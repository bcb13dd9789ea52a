//! Holds the tests of tracing-relay that need the whole workspace, a folder for each subject.

/// The code blocks of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// What the page of diagnostics says to write.
#[cfg(doctest)]
#[doc = include_str!("../docs/diagnostics.md")]
struct Diagnostics;
