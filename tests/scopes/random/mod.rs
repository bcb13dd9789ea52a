//! Random programs in two scopes and an application, and a model that says of each span whose it is and what its parent
//! is. The programs are not kept: what a task does is drawn from the seed while it runs, and what is exported is compared
//! with the model and forgotten. So any number of operations can be run.
//!
//! Nothing outside of this folder is used: the short form is a test, the long one a benchmark.

mod application;
mod call;
mod checker;
mod draw;
mod run;
mod steps;

pub(crate) use application::Kind;
pub(crate) use run::{Report, Round, run};
