//! Holds the tests of tracing-relay that need the whole workspace; see `tests/`.
