//! What the lock of the [threads](super::threads) guards.

use std::collections::{BTreeSet, HashMap};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Refusal;
use super::realtime::Heard;
use super::submitter::Submitted;
use crate::protocol::{Event, PastTurn, Thread};

/// Events that may wait for a client that does not read. One more, and the client is cut off.
const EVENTS: usize = 1024;

/// All threads, and all connections.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) threads: HashMap<String, Entry>,
    pub(super) started: u64,
    pub(super) peers: HashMap<PeerId, Peer>,
    pub(super) connected: u64,
}

/// Names a connection. No two have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(u64);

/// A connection.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) events: mpsc::Sender<Event>,
    pub(super) cut: CancellationToken,
}

/// A thread.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) model: String,
    pub(super) name: Name,
    pub(super) turns: Vec<PastTurn>,
    pub(super) running: Vec<Running>,
    pub(super) talk: Option<Talk>,
    pub(super) subscribers: BTreeSet<PeerId>,
}

/// What a thread is called.
#[derive(Clone, Debug)]
pub(super) enum Name {
    None,
    /// Somebody is about to find one.
    Claimed,
    Is(String),
}

/// A turn that was submitted and has not ended.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) submitted: Submitted,
    pub(super) interrupt: CancellationToken,
    pub(super) inputs: mpsc::Sender<String>,
}

impl Running {
    pub(super) fn id(&self) -> &str {
        &self.submitted.id
    }
}

/// Somebody talks.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) peer: PeerId,
    pub(super) heard: Heard,
}

impl State {
    /// A new connection, and its events.
    pub(super) fn connect(&mut self, cut: CancellationToken) -> (PeerId, mpsc::Receiver<Event>) {
        let (sender, events) = mpsc::channel(EVENTS);
        self.connected += 1;
        let id = PeerId(self.connected);
        let peer = Peer {
            events: sender,
            cut,
        };
        self.peers.insert(id, peer);
        (id, events)
    }

    pub(super) fn thread(&mut self, id: &str) -> Result<&mut Entry, Refusal> {
        self.threads.get_mut(id).ok_or(Refusal::NoThread)
    }

    /// Adds a thread, of which the connection hears.
    pub(super) fn insert(
        &mut self,
        peer: PeerId,
        model: String,
        name: Name,
        turns: Vec<PastTurn>,
    ) -> Thread {
        self.started += 1;
        let id = format!("thread-{}", self.started);
        let entry = Entry {
            number: self.started,
            model,
            name,
            turns,
            running: Vec::new(),
            talk: None,
            subscribers: self.live(peer).into_iter().collect(),
        };
        let thread = entry.with_turns(&id);
        self.threads.insert(id, entry);
        thread
    }

    /// Has a connection hear of a thread, which it is about to use.
    pub(super) fn subscribe(&mut self, peer: PeerId, id: &str) -> Result<&mut Entry, Refusal> {
        let peer = self.live(peer).ok_or(Refusal::Gone)?;
        let thread = self.thread(id)?;
        thread.subscribers.insert(peer);
        Ok(thread)
    }

    /// The connection, if it is still there.
    fn live(&self, peer: PeerId) -> Option<PeerId> {
        let live = self.peers.contains_key(&peer);
        live.then_some(peer)
    }

    /// Says something to all who have subscribed, and cuts off who does not listen.
    pub(super) fn tell(&mut self, event: &Event) {
        let Some(thread) = self.threads.get(event.thread_id()) else {
            return;
        };
        let deaf = |id: &&PeerId| {
            let peer = self.peers.get(id);
            peer.is_some_and(|peer| peer.events.try_send(event.clone()).is_err())
        };
        let deaf: Vec<_> = thread.subscribers.iter().filter(deaf).copied().collect();
        for id in deaf {
            self.disconnect(id);
        }
    }

    /// Ends a talk, if there is one.
    pub(super) fn hang_up(&mut self, id: &str) {
        let talk = self
            .threads
            .get_mut(id)
            .and_then(|thread| thread.talk.take());
        if talk.is_some() {
            let thread_id = id.to_owned();
            self.tell(&Event::RealtimeClosed { thread_id });
        }
    }

    /// Ends what belongs to a connection. Its turns end by themselves when they see it.
    pub(super) fn disconnect(&mut self, id: PeerId) {
        let Some(peer) = self.peers.remove(&id) else {
            return;
        };
        peer.cut.cancel();
        for thread in self.threads.values_mut() {
            thread.subscribers.remove(&id);
            thread.talk.take_if(|talk| talk.peer == id);
        }
    }
}

impl Entry {
    pub(super) fn running(&self, id: &str) -> Result<&Running, Refusal> {
        let turn = self.running.iter().find(|turn| turn.id() == id);
        turn.ok_or(Refusal::NoTurn)
    }

    pub(super) fn without_turns(&self, id: &str) -> Thread {
        Thread {
            id: id.to_owned(),
            model: self.model.clone(),
            name: match &self.name {
                Name::None | Name::Claimed => None,
                Name::Is(name) => Some(name.clone()),
            },
            turns: Vec::new(),
        }
    }

    pub(super) fn with_turns(&self, id: &str) -> Thread {
        Thread {
            turns: self.turns.clone(),
            ..self.without_turns(id)
        }
    }
}
