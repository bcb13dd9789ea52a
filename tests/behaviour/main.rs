//! What the function attributes do, on whole span trees.

mod propagation;
mod readme;
mod spans;
mod testing;
