//! Scopes: operations of a component in a pipeline of its own.

mod exporter;
mod operations;
