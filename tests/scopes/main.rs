//! Scopes: operations of a component in a pipeline of its own, and its spans at its own collector.

mod applications;
mod attempts;
mod baggage;
mod borders;
mod carriers;
mod collector;
mod config;
mod everywhere;
mod export;
mod exporter;
mod handles;
mod installing;
mod isolation;
mod lines;
mod logs;
mod operations;
mod random;
mod randomized;
mod review;
mod scenarios;
mod secrets;
mod sessions;
mod support;
mod tasks;
mod tls;
