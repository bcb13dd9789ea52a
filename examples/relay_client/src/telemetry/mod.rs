//! Both pipelines of a process. They share nothing.

mod application;
mod product;

pub use application::Application;
pub use product::{DATASET, INGEST_TOKEN, Product, TRACES, VARIABLES, engine};

use std::time::Duration;

/// How long a process waits for each of its collectors when it ends.
pub const PATIENCE: Duration = Duration::from_secs(5);
