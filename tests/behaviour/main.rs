//! What the function attributes do, on whole span trees.

mod api;
mod attempts;
mod blocks;
mod combined;
mod conventions;
mod drop_order;
mod hygiene;
mod late;
mod links;
mod metrics;
mod names;
mod options;
mod outcomes;
mod propagation;
mod random;
mod readme;
mod review;
mod session;
mod shapes;
mod span_fields;
mod spans;
mod tasks;
mod testing;
mod values;
mod warnings;
