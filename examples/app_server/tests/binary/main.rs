//! The program as a whole: real processes, real pipes, real sockets.

mod play;
mod precedence;
