//! The attribute macros of tracing-relay. Depend on `tracing-relay`, which re-exports and
//! documents them.
