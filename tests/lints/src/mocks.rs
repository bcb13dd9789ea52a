//! Traits that are mocked, and names that come by globs.
#![allow(
    clippy::wildcard_imports,
    reason = "what a glob brings is to be in the way"
)]

use std::fmt;

use async_trait::async_trait;
#[cfg(test)]
use mockall::automock;
use relay::*;

use crate::shapes::*;

/// A store. The mock would copy the attribute to where none can be.
#[cfg_attr(test, automock)]
#[cfg_attr(not(test), traced(prefix = "store", crate = ::relay))]
pub trait Store {
    /// Has no body.
    fn load(&self, number: u64) -> Option<Message>;

    /// Has one.
    fn load_or_default(&self, number: u64) -> Message {
        self.load(number).unwrap_or_default()
    }
}

/// A peer, whose implementation has the spans.
#[cfg_attr(test, automock)]
#[async_trait]
pub trait Peer: Send + Sync {
    /// Sends a message.
    ///
    /// # Errors
    ///
    /// When there is no connection.
    async fn send(&self, message: Message) -> Result<u64, fmt::Error>;
}

/// A peer that is not mocked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loopback;

#[traced(prefix = "peer", crate = ::relay)]
#[async_trait]
impl Peer for Loopback {
    async fn send(&self, message: Message) -> Result<u64, fmt::Error> {
        Ok(message.id)
    }
}

/// Calls what is mocked.
///
/// # Errors
///
/// When there is no connection.
#[request_span(crate = ::relay, fields(number))]
pub async fn forward<P: Peer>(peer: &P, message: Message, number: u64) -> Result<u64, fmt::Error> {
    let part = starts_async(&Part::Number(number), number).await;
    peer.send(message)
        .await
        .map(|sent| sent.saturating_add(part))
}

/// Calls both.
///
/// # Errors
///
/// When there is no connection.
#[traced(crate = ::relay)]
pub async fn send_stored<S, P>(store: &S, peer: &P, number: u64) -> Result<u64, fmt::Error>
where
    S: Store + Sync,
    P: Peer,
{
    forward(peer, store.load_or_default(number), number).await
}

#[cfg(test)]
mod tests {
    use mockall::predicate::eq;
    use relay::testing::Traces;

    use super::{forward, send_stored, Loopback, Message, MockPeer, MockStore};

    #[relay::test(crate = ::relay)]
    async fn what_is_mocked_is_called_in_spans(traces: Traces) {
        let mut store = MockStore::new();
        let _: &mut _ = store
            .expect_load_or_default()
            .with(eq(3))
            .returning(|_| Message::default());
        let mut peer = MockPeer::new();
        let _: &mut _ = peer
            .expect_send()
            .withf(|message| message.trace.context().is_some())
            .returning(|_| Ok(1));
        assert_eq!(send_stored(&store, &peer, 3).await, Ok(4));
        assert_eq!(forward(&Loopback, Message::default(), 1).await, Ok(1));
        assert_eq!(
            traces.exported(),
            [
                "starts_async",
                "forward",
                "send_stored",
                "starts_async",
                "peer.send",
                "forward"
            ]
        );
    }
}
