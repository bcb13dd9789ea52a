//! The engine's queue and its exporting thread: what becomes of each span, whatever the exporter does.
//!
//! A binary of its own, because counting allocations replaces the allocator, and because the warnings go to the
//! global subscriber.

mod accounts;
mod costs;
mod ends;
mod exporter;
mod links;
mod loads;
mod sampling;
mod warnings;
