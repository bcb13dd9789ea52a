//! What the function attributes do, on whole span trees.

mod drop_order;
mod outcomes;
mod propagation;
mod readme;
mod shapes;
mod spans;
mod testing;
