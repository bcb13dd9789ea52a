//! The threads: what was said in each, what runs in it, and who listens to it. One lock guards all of
//! it, so that what belongs to a connection ends with the connection and never begins after it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Refusal;
use super::realtime::Heard;
use super::state::{Entry, Name, PeerId, Running, State, Talk};
use super::submitter::Submitted;
use crate::protocol::{Event, PastTurn, Thread, TurnStatus};

/// All threads, and the connections that use them.
#[derive(Debug, Default)]
pub struct Threads(Mutex<State>);

/// What is there at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Connections.
    pub connections: usize,
    /// Threads that connections have subscribed to.
    pub subscriptions: usize,
    /// Turns that were submitted and have not ended.
    pub turns: usize,
    /// Talks.
    pub talks: usize,
}

impl Threads {
    /// What is there.
    #[must_use]
    pub fn live(&self) -> Live {
        let state = self.lock();
        let count = |of: fn(&Entry) -> usize| state.threads.values().map(of).sum();
        Live {
            connections: state.peers.len(),
            subscriptions: count(|thread| thread.subscribers.len()),
            turns: count(|thread| thread.running.len()),
            talks: count(|thread| usize::from(thread.talk.is_some())),
        }
    }

    /// A new connection, and its events. They end with it, and `cut` is cancelled.
    pub(super) fn connect(&self, cut: CancellationToken) -> (PeerId, mpsc::Receiver<Event>) {
        self.lock().connect(cut)
    }

    pub(super) fn disconnect(&self, peer: PeerId) {
        self.lock().disconnect(peer);
    }

    /// Starts a thread, to which the connection subscribes.
    pub fn start(&self, peer: PeerId, model: String) -> Thread {
        self.lock().insert(peer, model, Name::None, Vec::new())
    }

    /// A thread with its turns, to which the connection subscribes.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn resume(&self, peer: PeerId, id: &str) -> Result<Thread, Refusal> {
        let mut state = self.lock();
        Ok(state.subscribe(peer, id)?.with_turns(id))
    }

    /// Copies a thread. The connection subscribes to the copy.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn fork(&self, peer: PeerId, id: &str) -> Result<Thread, Refusal> {
        let mut state = self.lock();
        let thread = state.thread(id)?;
        let name = match &thread.name {
            Name::Claimed => Name::None,
            name => name.clone(),
        };
        let (model, turns) = (thread.model.clone(), thread.turns.clone());
        Ok(state.insert(peer, model, name, turns))
    }

    /// All threads without their turns, in the order in which they were started.
    #[must_use]
    pub fn list(&self) -> Vec<Thread> {
        let state = self.lock();
        let mut threads: Vec<_> = state.threads.iter().collect();
        threads.sort_unstable_by_key(|(_, thread)| thread.number);
        let threads = threads.into_iter();
        threads
            .map(|(id, thread)| thread.without_turns(id))
            .collect()
    }

    /// A thread with its turns.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn read(&self, id: &str) -> Result<Thread, Refusal> {
        Ok(self.lock().thread(id)?.with_turns(id))
    }

    /// Ends the events of a thread on a connection.
    ///
    /// # Errors
    ///
    /// When there is no such thread.
    pub fn unsubscribe(&self, peer: PeerId, id: &str) -> Result<(), Refusal> {
        self.lock().thread(id)?.subscribers.remove(&peer);
        Ok(())
    }

    /// Says something to all who have subscribed to the thread that it is about.
    pub fn tell(&self, event: &Event) {
        self.lock().tell(event);
    }

    /// Whether the caller is to find a name for the thread, and nobody else.
    #[must_use]
    pub fn claim_name(&self, id: &str) -> bool {
        let mut state = self.lock();
        let Ok(thread) = state.thread(id) else {
            return false;
        };
        let unnamed = matches!(thread.name, Name::None);
        if unnamed {
            thread.name = Name::Claimed;
        }
        unnamed
    }

    /// Gives a thread the name that was claimed, or leaves it to the next to find one.
    pub(super) fn set_name(&self, id: &str, name: Option<String>) {
        let mut state = self.lock();
        let Ok(thread) = state.thread(id) else {
            return;
        };
        let Some(name) = name else {
            thread.name = Name::None;
            return;
        };
        thread.name = Name::Is(name.clone());
        let thread_id = id.to_owned();
        state.tell(&Event::ThreadNameUpdated { thread_id, name });
    }

    /// Enters a turn that is about to be submitted. Whoever starts a turn hears of it.
    pub(super) fn enter(
        &self,
        peer: PeerId,
        thread_id: &str,
        running: Running,
    ) -> Result<(), Refusal> {
        let mut state = self.lock();
        state.subscribe(peer, thread_id)?.running.push(running);
        Ok(())
    }

    /// Hands more input to a running turn, and says to which.
    ///
    /// # Errors
    ///
    /// When it does not run, or has too much to do.
    pub fn steer(
        &self,
        thread_id: &str,
        turn_id: Option<&str>,
        input: String,
    ) -> Result<String, Refusal> {
        let mut state = self.lock();
        let thread = state.thread(thread_id)?;
        let turn = match turn_id {
            Some(id) => thread.running(id)?,
            None => thread.running.last().ok_or(Refusal::NoTurn)?,
        };
        match turn.inputs.try_send(input) {
            Ok(()) => Ok(turn.id().to_owned()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Refusal::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Refusal::NoTurn),
        }
    }

    /// Stops a turn, and returns it, to wait until it is done.
    ///
    /// # Errors
    ///
    /// When it does not run.
    pub fn interrupt(&self, thread_id: &str, turn_id: &str) -> Result<Submitted, Refusal> {
        let mut state = self.lock();
        let turn = state.thread(thread_id)?.running(turn_id)?;
        turn.interrupt.cancel();
        Ok(turn.submitted.clone())
    }

    /// Starts a talk, which ends with the connection at the latest.
    ///
    /// # Errors
    ///
    /// When there is no such thread, or somebody talks in it already.
    pub fn talk(&self, peer: PeerId, id: &str) -> Result<(), Refusal> {
        let mut state = self.lock();
        let thread = state.subscribe(peer, id)?;
        if thread.talk.is_some() {
            return Err(Refusal::Talks);
        }
        let heard = Heard::default();
        thread.talk = Some(Talk { peer, heard });
        Ok(())
    }

    /// Checks that there is a talk.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn check_talk(&self, id: &str) -> Result<(), Refusal> {
        self.heard(id, |_| ())
    }

    /// What was heard in a talk.
    pub(super) fn heard<T>(&self, id: &str, f: impl FnOnce(&mut Heard) -> T) -> Result<T, Refusal> {
        let mut state = self.lock();
        let talk = state.thread(id)?.talk.as_mut();
        Ok(f(&mut talk.ok_or(Refusal::NoTalk)?.heard))
    }

    /// Ends a talk, if there is one.
    pub(super) fn hang_up(&self, id: &str) {
        self.lock().hang_up(id);
    }

    /// Ends the talks of a connection.
    pub(super) fn hang_up_all(&self, peer: PeerId) {
        let mut state = self.lock();
        let of_peer = |thread: &Entry| thread.talk.as_ref().is_some_and(|talk| talk.peer == peer);
        let threads = state.threads.iter();
        let threads = threads.filter(|(_, thread)| of_peer(thread));
        let ids: Vec<_> = threads.map(|(id, _)| id.clone()).collect();
        for id in ids {
            state.hang_up(&id);
        }
    }

    /// Says how a turn ended. If it has completed, it stands for the turns that it `replaces`.
    pub(super) fn end(&self, thread_id: &str, turn: &PastTurn, replaces: &HashSet<String>) {
        let mut state = self.lock();
        if let Ok(thread) = state.thread(thread_id) {
            thread.running.retain(|running| running.id() != turn.id);
            if turn.status == TurnStatus::Completed {
                thread.turns.retain(|past| !replaces.contains(&past.id));
            }
            thread.turns.push(turn.clone());
        }
        state.tell(&Event::TurnCompleted {
            thread_id: thread_id.to_owned(),
            turn_id: turn.id.clone(),
            status: turn.status,
            text: turn.text.clone(),
        });
    }

    /// Nothing that can panic runs under the lock, so a poisoned one holds a whole state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
