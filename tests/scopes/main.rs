//! Scopes: operations of a component in a pipeline of its own.

mod carriers;
mod exporter;
mod operations;
