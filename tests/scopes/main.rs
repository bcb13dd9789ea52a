//! Scopes: operations of a component in a pipeline of its own.

mod operations;
