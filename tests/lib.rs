//! Holds the tests of tracing-relay that need the whole workspace, a folder for each subject.

/// The code blocks of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
