//! The codecs against the texts of the specifications: rows for each rule, properties of whatever
//! is written, and a bounded fuzz run.

mod allocations;
mod checker;
mod environment;
mod fuzz;
mod limits;
mod mutation;
mod properties;
mod reasons;
mod rows;
mod sentry;
mod table;
