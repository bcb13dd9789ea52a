//! Gives threads their names.

use std::sync::Arc;

use tracing_relay::traced;

use super::submitter::Submitted;
use super::threads::Threads;
use crate::protocol::TurnStatus;

/// Words of a name.
const WORDS: usize = 6;

/// Names a thread after the input of its first turn that completes. Ends when `turn` has ended.
#[traced(fields(thread.id = thread_id, turn.id = turn.id))]
pub async fn name_thread(
    threads: Arc<Threads>,
    thread_id: String,
    mut turn: Submitted,
    input: String,
) {
    let name = match turn.done().await {
        Some(TurnStatus::Completed) => Some(title(&input)),
        _ => None,
    };
    threads.set_name(&thread_id, name);
}

/// The beginning of a text.
fn title(input: &str) -> String {
    let mut words = input.split_whitespace();
    let mut title = words.by_ref().take(WORDS).collect::<Vec<_>>().join(" ");
    if words.next().is_some() {
        title.push('…');
    }
    title
}
