//! What the function attributes do, on whole span trees.

mod readme;
mod spans;
mod testing;
