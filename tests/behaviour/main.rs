//! What the function attributes do, on whole span trees.

mod drop_order;
mod outcomes;
mod shapes;
mod spans;
mod testing;
