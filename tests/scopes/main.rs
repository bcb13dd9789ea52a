//! Scopes: operations of a component in a pipeline of its own, and its spans at its own collector.

mod attempts;
mod borders;
mod carriers;
mod collector;
mod config;
mod export;
mod exporter;
mod operations;
mod secrets;
mod tls;
