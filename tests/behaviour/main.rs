//! What the function attributes do, on whole span trees.

mod spans;
mod testing;
