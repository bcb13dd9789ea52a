//! The scenarios: processes of the program, whose collectors are in the test.

mod collectors;
mod connections;
mod demo;
mod isolation;
mod off;
mod results;
mod support;
mod trust;
