//! The cases of the compiler's messages, a package of their own: they are built in a folder of their own, with everything
//! that their package depends on.

/// What the page of diagnostics says to write.
#[cfg(doctest)]
#[doc = include_str!("../../docs/diagnostics.md")]
struct Diagnostics;
