//! The program as a whole: real processes, real pipes, real sockets.

mod command_line;
mod connections;
mod otlp;
mod play;
mod precedence;
mod support;
