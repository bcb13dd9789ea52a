//! Writes down what client and server say to each other: a message a line, and what the model says on
//! one line that grows.

use std::io::{self, Write};

use serde::Serialize;

use crate::protocol::{Event, Notification, Version};

/// A transcript that is being written.
#[derive(Debug)]
pub(crate) struct Transcript<'a, W> {
    out: &'a mut W,
    /// The turn whose answer is on a line that has not ended.
    speaking: Option<String>,
}

impl<'a, W: Write> Transcript<'a, W> {
    pub(crate) const fn new(out: &'a mut W) -> Self {
        Self {
            out,
            speaking: None,
        }
    }

    /// The client has sent this.
    pub(crate) fn sent(&mut self, message: &[u8]) -> io::Result<()> {
        self.end_line()?;
        writeln!(self.out, "-> {}", String::from_utf8_lossy(message))
    }

    /// The server has said this.
    pub(crate) fn received(&mut self, message: &impl Serialize) -> io::Result<()> {
        self.end_line()?;
        writeln!(self.out, "<- {}", serde_json::to_string(message)?)
    }

    /// Something happened.
    pub(crate) fn happened(&mut self, event: &Event) -> io::Result<()> {
        if let Event::AgentMessageDelta { turn_id, delta, .. } = event {
            return self.said(turn_id, delta);
        }
        self.received(&Notification {
            jsonrpc: Version,
            event: event.clone(),
        })
    }

    /// Ends the line of an answer that is not complete.
    pub(crate) fn end_line(&mut self) -> io::Result<()> {
        if self.speaking.take().is_some() {
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn said(&mut self, turn: &str, delta: &str) -> io::Result<()> {
        if self.speaking.as_deref() != Some(turn) {
            self.end_line()?;
            write!(self.out, ".. {turn}: ")?;
            self.speaking = Some(turn.to_owned());
        }
        write!(self.out, "{}", delta.replace('\n', " "))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_model_says_grows_on_a_line_until_something_else_is_said() {
        let delta = |turn: &str, delta: &str| Event::AgentMessageDelta {
            thread_id: "thread-1".to_owned(),
            turn_id: turn.to_owned(),
            delta: delta.to_owned(),
        };
        let mut out = Vec::new();
        let mut transcript = Transcript::new(&mut out);
        for event in [
            delta("turn-1", "The"),
            delta("turn-1", " Volga\n"),
            delta("turn-2", "The"),
            Event::ThreadNameUpdated {
                thread_id: "thread-1".to_owned(),
                name: "Rivers".to_owned(),
            },
            delta("turn-2", " Yangtze"),
        ] {
            transcript.happened(&event).expect("memory can be written");
        }
        transcript.end_line().expect("memory can be written");
        transcript.end_line().expect("memory can be written");
        assert_eq!(
            String::from_utf8(out).expect("UTF-8"),
            r#".. turn-1: The Volga 
.. turn-2: The
<- {"jsonrpc":"2.0","method":"thread/name/updated","params":{"threadId":"thread-1","name":"Rivers"}}
.. turn-2:  Yangtze
"#
        );
    }
}
