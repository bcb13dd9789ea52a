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
