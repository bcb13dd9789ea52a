//! The program as a whole: real processes, real pipes, real sockets.

mod otlp;
mod play;
mod precedence;
