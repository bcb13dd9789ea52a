//! What the function attributes do, on whole span trees.

mod propagation;
mod spans;
mod testing;
