//! Talks: sound comes in small pieces, and some of them together are a segment of speech.

use std::mem;

use tracing_relay::traced;

use super::threads::Threads;
use crate::protocol::Event;

/// Pieces of sound in a segment.
pub const SEGMENT: usize = 4;

/// What was heard of a talk and not understood yet.
#[derive(Debug, Default)]
pub(super) struct Heard {
    chunks: Vec<String>,
}

impl Heard {
    /// Listens; returns a segment when it is complete.
    pub(super) fn listen(&mut self, audio: String) -> Option<Vec<String>> {
        self.chunks.push(audio);
        (self.chunks.len() == SEGMENT).then(|| self.rest())
    }

    /// What is left.
    pub(super) fn rest(&mut self) -> Vec<String> {
        mem::take(&mut self.chunks)
    }
}

/// Takes a piece of sound. What comes when nobody talks any more is lost.
pub(super) fn listen(threads: &Threads, thread_id: &str, audio: String) {
    let segment = threads.heard(thread_id, |heard| heard.listen(audio));
    if let Ok(Some(chunks)) = segment {
        speech_segment(threads, thread_id, &chunks);
    }
}

/// Ends a talk, after what was heard of it.
pub(super) fn stop(threads: &Threads, thread_id: &str) {
    let rest = threads.heard(thread_id, Heard::rest);
    if let Ok(chunks) = rest
        && !chunks.is_empty()
    {
        speech_segment(threads, thread_id, &chunks);
    }
    threads.hang_up(thread_id);
}

/// Understands what was said.
#[traced(fields(thread.id = thread_id, codex.audio_chunks = chunks.len()))]
fn speech_segment(threads: &Threads, thread_id: &str, chunks: &[String]) {
    let length: usize = chunks.iter().map(String::len).sum();
    let plural = if chunks.len() == 1 { "" } else { "s" };
    let text = format!(
        "{} piece{plural} of sound, {length} characters",
        chunks.len()
    );
    say(threads, thread_id.to_owned(), text);
}

/// Says what was said, to all who listen.
pub(super) fn say(threads: &Threads, thread_id: String, text: String) {
    threads.tell(&Event::RealtimeTranscript { thread_id, text });
}
