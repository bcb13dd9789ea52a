//! The expansions, as text.
