//! The acceptance scenarios, on the parts of the demo in one process: a real connection, the core and
//! a model behind HTTP. Each runs on a current-thread and on a multi-thread runtime.

mod chain;
mod handoff;
mod off;
mod requests;
mod support;
