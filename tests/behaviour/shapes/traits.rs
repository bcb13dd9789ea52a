//! Methods of traits: native, provided, and under `async_trait`.

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, assert_trace, request_span, traced};

use super::{remote, step};

trait Native {
    async fn call(&mut self, number: u32) -> Result<u32, String>;

    #[traced]
    async fn provided(&self, number: u32) -> u32 {
        step();
        number
    }
}

struct Service {
    calls: u32,
}

impl Native for Service {
    #[traced(name = "native.call", fields(number))]
    async fn call(&mut self, number: u32) -> Result<u32, String> {
        self.calls += 1;
        tokio::task::yield_now().await;
        Ok(number + self.calls)
    }
}

#[async_trait::async_trait]
trait Boxed {
    async fn call_boxed(&self, message: TraceCarrier) -> Result<u32, String>;

    #[traced]
    async fn provided_boxed(&self) -> u32 {
        step();
        1
    }
}

/// The attribute inside: it sees what async-trait made.
#[async_trait::async_trait]
impl Boxed for Service {
    #[request_span(name = "below")]
    async fn call_boxed(&self, message: TraceCarrier) -> Result<u32, String> {
        step();
        tokio::task::yield_now().await;
        Ok(u32::from(message.context().is_some()) + self.calls)
    }
}

struct Outside;

/// The attribute on the function that async-trait sees afterwards.
#[request_span(name = "above")]
async fn outside(message: TraceCarrier) -> Result<u32, String> {
    tokio::task::yield_now().await;
    Err(format!("{}", message.context().is_some()))
}

#[async_trait::async_trait]
impl Boxed for Outside {
    async fn call_boxed(&self, message: TraceCarrier) -> Result<u32, String> {
        outside(message).await
    }
}

#[tracing_relay::test]
async fn methods_of_traits(traces: Traces) {
    let mut service = Service { calls: 0 };
    assert_eq!(service.call(1).await, Ok(2));
    assert_eq!(service.provided(4).await, 4);
    assert_eq!(service.call_boxed(remote()).await, Ok(2));
    assert_eq!(service.provided_boxed().await, 1);
    let boxed: &dyn Boxed = &Outside;
    assert_eq!(boxed.call_boxed(remote()).await, Err("true".to_owned()));
    assert_trace!(
        traces,
        "
        unordered
        internal native.call {number=1} => completed

        internal provided => completed
          internal step

        internal provided_boxed => completed
          internal step

        server below <- remote b7ad6b7169203331 => completed
          internal step
        server above <- remote b7ad6b7169203331 error => failed
        "
    );
}
