//! What the function attributes do, on whole span trees.

mod testing;
