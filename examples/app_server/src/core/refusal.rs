//! Why the core does not do what it is asked.

use std::error::Error;
use std::fmt;

/// Why the core does not do what it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no thread of this name.
    NoThread,
    /// There is no turn of this name, or it has ended.
    NoTurn,
    /// The turn has as much input as it can take.
    Busy,
    /// Nobody talks in the thread.
    NoTalk,
    /// Somebody talks in the thread already.
    Talks,
    /// The connection has ended, and begins nothing any more.
    Gone,
    /// The core has stopped, and does nothing any more.
    Stopped,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoThread => "there is no such thread: take one that `thread/list` names",
            Self::NoTurn => "no such turn is running: start one with `turn/start`",
            Self::Busy => "the turn has as much input as it can take: wait until it has said more",
            Self::NoTalk => "nobody talks in this thread: begin with `thread/realtime/start`",
            Self::Talks => "somebody talks in this thread: end it with `thread/realtime/stop`",
            Self::Gone => "the connection has ended",
            Self::Stopped => "the core has stopped",
        })
    }
}

impl Error for Refusal {}
