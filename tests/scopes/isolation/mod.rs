//! Neither exporter ever has an id of the other, and an application's tracing is what it was, whatever it is, wherever
//! it runs, and however an operation comes to its end.

mod endings;
mod guards;
mod moved;
mod nested;
mod shapes;
