//! Functions and methods, with every receiver.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use tracing_relay::testing::Traces;
use tracing_relay::{assert_trace, traced};

use super::{plain_async, step};

#[traced]
fn plain() -> u32 {
    step();
    7
}

#[tracing_relay::test]
async fn functions(traces: Traces) {
    assert_eq!(plain(), 7);
    assert_eq!(plain_async().await, 7);
    assert_trace!(
        traces,
        "
        unordered
        internal plain => completed
          internal step => completed

        internal plain_async => completed
          internal step => completed
          internal step => completed
        "
    );
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Counter {
    count: u32,
    label: String,
}

impl Counter {
    #[traced]
    fn by_reference(&self) -> &str {
        &self.label
    }

    #[traced]
    fn by_exclusive_reference(&mut self, by: u32) -> &mut u32 {
        self.count += by;
        &mut self.count
    }

    #[traced]
    fn by_value(self) -> u32 {
        self.count
    }

    #[traced]
    fn by_mutable_value(mut self) -> Self {
        self.count += 1;
        self
    }

    #[traced]
    fn by_arc(self: Arc<Self>) -> usize {
        Arc::strong_count(&self)
    }

    #[traced]
    fn by_arc_reference(self: &Arc<Self>) -> usize {
        Arc::strong_count(self)
    }

    #[traced]
    fn by_rc(self: Rc<Self>) -> u32 {
        self.count
    }

    #[traced]
    #[allow(clippy::boxed_local, reason = "it is the receiver that is tested")]
    fn by_box(self: Box<Self>) -> Self {
        *self
    }

    #[traced]
    fn by_pin(self: Pin<&mut Self>) -> u32 {
        self.get_mut().count += 1;
        2
    }

    #[traced]
    async fn async_by_reference(&self) -> &str {
        tokio::task::yield_now().await;
        &self.label
    }

    #[traced]
    async fn async_by_exclusive_reference(&mut self, by: u32) -> &mut u32 {
        tokio::task::yield_now().await;
        self.count += by;
        &mut self.count
    }

    #[traced]
    async fn async_by_value(mut self) -> Self {
        tokio::task::yield_now().await;
        self.count += 1;
        self
    }

    #[traced]
    async fn async_by_arc(self: Arc<Self>) -> u32 {
        tokio::task::yield_now().await;
        self.count
    }

    #[traced]
    fn constructor(count: u32) -> Self {
        Self {
            count,
            label: "made".to_owned(),
        }
    }
}

#[tracing_relay::test]
async fn methods(traces: Traces) {
    let mut counter = Counter::constructor(1);
    assert_eq!(counter.by_reference(), "made");
    *counter.by_exclusive_reference(2) += 1;
    assert_eq!(counter.clone().by_value(), 4);
    assert_eq!(counter.clone().by_mutable_value().count, 5);
    let shared = Arc::new(counter.clone());
    assert_eq!(shared.by_arc_reference(), 1);
    assert_eq!(shared.by_arc(), 1);
    assert_eq!(Rc::new(counter.clone()).by_rc(), 4);
    assert_eq!(Box::new(counter.clone()).by_box(), counter);
    assert_eq!(Pin::new(&mut counter).by_pin(), 2);
    assert_eq!(counter.async_by_reference().await, "made");
    *counter.async_by_exclusive_reference(2).await += 1;
    assert_eq!(counter.clone().async_by_value().await.count, 9);
    assert_eq!(Arc::new(counter).async_by_arc().await, 8);
    assert_eq!(
        traces.exported(),
        [
            "constructor",
            "by_reference",
            "by_exclusive_reference",
            "by_value",
            "by_mutable_value",
            "by_arc_reference",
            "by_arc",
            "by_rc",
            "by_box",
            "by_pin",
            "async_by_reference",
            "async_by_exclusive_reference",
            "async_by_value",
            "async_by_arc"
        ]
    );
}
