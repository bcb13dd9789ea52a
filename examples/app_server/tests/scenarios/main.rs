//! The acceptance scenarios, on the parts of the demo in one process: a real connection, the core and
//! a model, behind HTTP where that matters. Each runs on a current-thread runtime and on
//! multi-thread ones.

mod audio;
mod chain;
mod connections;
mod detached;
mod ends;
mod handoff;
mod late;
mod leaks;
mod methods;
mod off;
mod requests;
mod support;
