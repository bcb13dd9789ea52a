//! Plays a session: a file with one message a line.

use std::fmt;
use std::io::{self, Write};

use serde_json::Value;
use tracing_relay::TraceContext;

use crate::client::{CallError, Client};
use crate::protocol::{Event, Notification, Outcome, Request, Response, TurnStatus, Version};

/// The session that is shipped.
pub const SHIPPED: &[u8] = include_bytes!("../session.jsonl");

/// What a session should have led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// How many lines were requests, whatever became of them.
    pub requests: usize,
    /// How many turns came to their end.
    pub turns: usize,
    /// The contexts that lines of the session had themselves.
    pub given: Vec<TraceContext>,
}

/// Sends the lines of a session, waits for the turns that they start, and writes down what is said.
///
/// A request is sent in the trace of its call. What must reach the server as it was written is sent
/// so: a line that is no request, and one that has a `trace` of its own. Empty lines are skipped.
///
/// # Errors
///
/// When a request is not answered or a turn does not complete. An error of JSON-RPC is an answer.
pub async fn play(
    client: &mut Client,
    session: &[u8],
    out: &mut impl Write,
) -> Result<Played, SessionError> {
    let mut played = Played::default();
    let mut started = 0;
    let mut failed = Vec::new();
    for line in lines(session) {
        writeln!(out, "-> {}", String::from_utf8_lossy(line))?;
        let Some(response) = send(client, line, &mut played).await? else {
            continue;
        };
        writeln!(out, "<- {}", json(&response))?;
        if let Outcome::Result(result) = &response.outcome
            && result.pointer("/turn/id").is_some()
        {
            started += 1;
        }
    }
    while played.turns < started {
        let event = client.event().await?;
        let notification = Notification {
            jsonrpc: Version,
            event,
        };
        writeln!(out, "<- {}", json(&notification))?;
        if let Event::TurnCompleted {
            turn_id, status, ..
        } = notification.event
        {
            if status != TurnStatus::Completed {
                failed.push(turn_id);
            }
            played.turns += 1;
        }
    }
    if failed.is_empty() {
        Ok(played)
    } else {
        Err(SessionError::Turns(failed))
    }
}

fn lines(session: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = session.split(|byte| *byte == b'\n');
    lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
}

/// Sends a line; without a response for a notification.
async fn send(
    client: &mut Client,
    line: &[u8],
    played: &mut Played,
) -> Result<Option<Response>, SessionError> {
    let Ok(request) = Request::from_json(line) else {
        client.send(line.to_vec()).await?;
        return Ok(Some(client.response().await?));
    };
    played.requests += 1;
    let id = request.id.clone();
    if has_trace(line) {
        played.given.extend(request.trace.context().cloned());
        client.send(line.to_vec()).await?;
        return Ok(match id {
            Some(_) => Some(client.response().await?),
            None => None,
        });
    }
    let result = match client.call(request).await {
        Ok(result) => Ok(result),
        Err(CallError::Rpc(error)) => Err(error),
        Err(error) => return Err(error.into()),
    };
    Ok(id.map(|id| Response::new(Some(id), result)))
}

fn has_trace(line: &[u8]) -> bool {
    serde_json::from_slice::<Value>(line).is_ok_and(|message| message.get("trace").is_some())
}

fn json(message: &impl serde::Serialize) -> String {
    serde_json::to_string(message).unwrap_or_else(|error| error.to_string())
}

/// Why a session did not come to its end.
#[derive(Debug)]
pub enum SessionError {
    /// A request was not answered.
    Call(CallError),
    /// These turns did not complete.
    Turns(Vec<String>),
    /// What is said cannot be written down.
    Io(io::Error),
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Turns(turns) => write!(f, "failed: {}", turns.join(", ")),
            Self::Io(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl std::error::Error for SessionError {}

impl From<CallError> for SessionError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<io::Error> for SessionError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
