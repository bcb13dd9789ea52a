//! Plays a session: a file with one message a line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use serde_json::Value;
use tracing_relay::TraceContext;

use crate::client::{CallError, Client};
use crate::protocol::{Event, Outcome, Request, Response, TurnStatus};
use crate::transcript::Transcript;

/// The session that is shipped.
pub const SHIPPED: &[u8] = include_bytes!("../session.jsonl");

/// What a session should have led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// How many lines were requests, whatever became of them.
    pub requests: usize,
    /// How many of them were sent in the trace of their call.
    pub calls: usize,
    /// How many turns came to their end.
    pub turns: usize,
    /// How many were interrupted, maybe before they began.
    pub interrupted: usize,
    /// The contexts that lines of the session had themselves.
    pub given: Vec<TraceContext>,
}

/// Sends the lines of a session, and writes down what is said. A line is sent when the one before is
/// answered and, if that started a turn, the turn has begun to speak. At an empty line, and at the
/// end, it waits until the turns that were started have ended.
///
/// A request is sent in the trace of its call. What must reach the server as it was written is sent
/// so: a line that is no request, and one that has a `trace` of its own. In each line `${2.thread.id}`
/// stands for the value at `thread.id` in the result of request 2.
///
/// # Errors
///
/// When a request is not answered, a turn fails, or a line refers to what is not there. An error of
/// JSON-RPC is an answer.
pub async fn play(
    client: &mut Client,
    session: &[u8],
    out: &mut impl Write,
) -> Result<Played, SessionError> {
    let mut player = Player {
        client,
        transcript: Transcript::new(out),
        results: BTreeMap::new(),
        started: BTreeSet::new(),
        speaking: BTreeSet::new(),
        ended: BTreeMap::new(),
        played: Played::default(),
    };
    for line in session.split(|byte| *byte == b'\n') {
        match line.trim_ascii() {
            b"" => player.wait_for_turns().await?,
            line => player.play(line).await?,
        }
    }
    player.wait_for_turns().await?;
    player.finish()
}

struct Player<'a, W: Write> {
    client: &'a mut Client,
    transcript: Transcript<'a, W>,
    /// The results so far, by the ids of their requests.
    results: BTreeMap<String, Value>,
    /// The turns of this session.
    started: BTreeSet<String>,
    /// The turns that have said something, also those of others.
    speaking: BTreeSet<String>,
    /// How turns ended, also those of others.
    ended: BTreeMap<String, TurnStatus>,
    played: Played,
}

impl<W: Write> Player<'_, W> {
    async fn play(&mut self, line: &[u8]) -> Result<(), SessionError> {
        let line = self.fill_in(line)?;
        self.transcript.sent(&line)?;
        let response = self.send(line).await?;
        for event in self.client.heard().collect::<Vec<_>>() {
            self.note(event)?;
        }
        let Some(response) = response else {
            return Ok(());
        };
        self.transcript.received(&response)?;
        if let Outcome::Result(result) = response.outcome
            && let Some(id) = response.id
        {
            let turn = result.pointer("/turn/id").and_then(Value::as_str);
            let turn = turn.map(ToOwned::to_owned);
            self.results.insert(id.to_string(), result);
            if let Some(turn) = turn {
                self.started.insert(turn.clone());
                while !self.speaking.contains(&turn) && !self.ended.contains_key(&turn) {
                    self.next_event().await?;
                }
            }
        }
        Ok(())
    }

    /// Sends a line; without a response for a notification.
    async fn send(&mut self, line: Vec<u8>) -> Result<Option<Response>, CallError> {
        let Ok(request) = Request::from_json(&line) else {
            self.client.send(line).await?;
            return Ok(Some(self.client.response().await?));
        };
        self.played.requests += 1;
        let id = request.id.clone();
        if has_trace(&line) {
            self.played.given.extend(request.trace.context().cloned());
            self.client.send(line).await?;
            return Ok(match id {
                Some(id) => Some(self.client.response_to(&id).await?),
                None => None,
            });
        }
        self.played.calls += 1;
        let result = match self.client.call(request).await {
            Ok(result) => Ok(result),
            Err(CallError::Rpc(error)) => Err(error),
            Err(error) => return Err(error),
        };
        Ok(id.map(|id| Response::new(Some(id), result)))
    }

    async fn wait_for_turns(&mut self) -> Result<(), SessionError> {
        while !self
            .started
            .iter()
            .all(|turn| self.ended.contains_key(turn))
        {
            self.next_event().await?;
        }
        Ok(self.transcript.end_line()?)
    }

    async fn next_event(&mut self) -> Result<(), SessionError> {
        let event = self.client.event().await?;
        self.note(event)
    }

    fn note(&mut self, event: Event) -> Result<(), SessionError> {
        self.transcript.happened(&event)?;
        match event {
            Event::AgentMessageDelta { turn_id, .. } => {
                self.speaking.insert(turn_id);
            }
            Event::TurnCompleted {
                turn_id, status, ..
            } => {
                self.ended.insert(turn_id, status);
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Played, SessionError> {
        let mut failed = Vec::new();
        for turn in self.started {
            match self.ended.get(&turn) {
                Some(TurnStatus::Interrupted) => self.played.interrupted += 1,
                Some(TurnStatus::Failed) => failed.push(turn),
                _ => self.played.turns += 1,
            }
        }
        if failed.is_empty() {
            Ok(self.played)
        } else {
            Err(SessionError::Turns(failed))
        }
    }

    /// The line with results in the place of what refers to them.
    fn fill_in(&self, line: &[u8]) -> Result<Vec<u8>, SessionError> {
        let Ok(mut rest) = str::from_utf8(line) else {
            return Ok(line.to_vec());
        };
        let mut filled = String::new();
        while let Some((before, reference)) = rest.split_once("${")
            && let Some((reference, after)) = reference.split_once('}')
        {
            let value = self
                .result(reference)
                .ok_or_else(|| SessionError::Reference(reference.to_owned()))?;
            filled.push_str(before);
            filled.push_str(&value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled.into_bytes())
    }

    /// The value that `id.path.to.it` refers to; text without its quotes, which the line has.
    fn result(&self, reference: &str) -> Option<String> {
        let (id, path) = reference.split_once('.')?;
        let pointer = format!("/{}", path.replace('.', "/"));
        let value = self.results.get(id)?.pointer(&pointer)?;
        let json = value.to_string();
        let text = json
            .strip_prefix('"')
            .and_then(|json| json.strip_suffix('"'));
        Some(text.unwrap_or(&json).to_owned())
    }
}

fn has_trace(line: &[u8]) -> bool {
    serde_json::from_slice::<Value>(line).is_ok_and(|message| message.get("trace").is_some())
}

/// Why a session did not come to its end.
#[derive(Debug)]
pub enum SessionError {
    /// A request was not answered.
    Call(CallError),
    /// These turns failed.
    Turns(Vec<String>),
    /// No result before the line has what it refers to.
    Reference(String),
    /// What is said cannot be written down.
    Io(io::Error),
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Turns(turns) => write!(f, "failed: {}", turns.join(", ")),
            Self::Reference(reference) => write!(f, "no earlier result has `${{{reference}}}`"),
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
