//! Methods, of types and of traits.

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use async_trait::async_trait;
use relay::{request_span, traced, TraceCarrier};

/// A service whose method is in a box.
#[async_trait]
pub trait Service: Send + Sync {
    /// Calls.
    async fn call(&self, message: TraceCarrier, number: u64) -> Result<u64, fmt::Error>;

    /// Has a body.
    #[traced(crate = ::relay)]
    async fn provided(&self, number: u64) -> u64 {
        ready(number).await
    }
}

/// Something that serves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Server {
    number: u64,
}

#[async_trait]
impl Service for Server {
    #[request_span(crate = ::relay, fields(number, own = self.number))]
    async fn call(&self, message: TraceCarrier, number: u64) -> Result<u64, fmt::Error> {
        let known = u64::from(!message.is_none());
        Ok(number.saturating_add(self.number).saturating_add(known))
    }
}

impl Server {
    /// By reference.
    #[must_use]
    #[traced(crate = ::relay, fields(self.number = self.number))]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// By exclusive reference.
    #[traced(crate = ::relay)]
    pub async fn add(&mut self, number: u64) -> &mut u64 {
        self.number = ready(self.number.saturating_add(number)).await;
        &mut self.number
    }

    /// By value.
    #[must_use]
    #[traced(crate = ::relay)]
    pub fn into_number(mut self) -> u64 {
        self.number = self.number.saturating_add(1);
        self.number
    }

    /// Behind a pointer.
    #[traced(crate = ::relay)]
    pub async fn shared(self: Arc<Self>) -> u64 {
        ready(self.number).await
    }
}

/// A block with a prefix.
#[traced(prefix = "server", level = "debug", err = "chain", crate = ::relay)]
impl Server {
    /// The largest number.
    pub const LARGEST: u64 = 9;

    /// Not in a span.
    #[must_use]
    #[traced(skip)]
    pub const fn is_zero(&self) -> bool {
        self.number == 0
    }

    /// Sync.
    ///
    /// # Errors
    ///
    /// Above the largest.
    pub fn checked(&self) -> Result<u64, fmt::Error> {
        (self.number <= Self::LARGEST)
            .then_some(self.number)
            .ok_or(fmt::Error)
    }

    /// Async, with a lifetime.
    pub async fn longer<'a>(&'a self, other: &'a Self) -> &'a Self {
        let awaited = ready(other).await;
        if self.number < awaited.number {
            awaited
        } else {
            self
        }
    }
}

/// A trait with a body.
#[traced(crate = ::relay)]
pub trait Named {
    /// Has none.
    fn name(&self) -> String;

    /// Has one.
    fn twice(&self) -> String {
        self.name().repeat(2)
    }
}

/// Its methods are in annotated blocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Boxed;

#[traced(prefix = "boxed", crate = ::relay)]
#[async_trait]
impl Service for Boxed {
    async fn call(&self, message: TraceCarrier, number: u64) -> Result<u64, fmt::Error> {
        ready(()).await;
        Ok(number.saturating_add(u64::from(message.is_none())))
    }
}

#[traced(prefix = "boxed", crate = ::relay)]
impl Named for Boxed {
    fn name(&self) -> String {
        "boxed".to_owned()
    }
}
