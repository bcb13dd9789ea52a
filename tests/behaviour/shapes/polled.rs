//! Functions that return what is polled: the span starts later.

use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt as _};
use tracing_relay::testing::Traces;
use tracing_relay::{assert_trace, traced};

use super::{plain_async, step};

#[traced]
fn returned(word: &str) -> impl Future<Output = usize> {
    async move {
        step();
        tokio::task::yield_now().await;
        word.len()
    }
}

#[traced]
fn returned_after_work(word: &str) -> impl Future<Output = usize> + Send {
    let length = word.len();
    async move {
        step();
        length
    }
}

#[traced]
fn returned_ready(word: &str) -> impl Future<Output = usize> + use<> {
    std::future::ready(word.len())
}

#[traced]
fn boxed(word: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    Box::pin(async move {
        step();
        word.len()
    })
}

#[traced]
fn boxed_after_work<'a>(word: &'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
    if word.is_empty() {
        return Box::pin(std::future::ready(0));
    }
    Box::pin(async move {
        step();
        word.len()
    })
}

#[tracing_relay::test]
async fn returned_futures(traces: Traces) {
    assert_eq!(returned("four").await, 4);
    assert_eq!(returned_after_work("four").await, 4);
    assert_eq!(returned_ready("four").await, 4);
    assert_eq!(boxed("four").await, 4);
    assert_eq!(boxed_after_work("four").await, 4);
    assert_eq!(boxed_after_work("").await, 0);
    assert_trace!(
        traces,
        "
        unordered
        internal returned => completed
          internal step

        internal returned_after_work => completed
          internal step

        internal returned_ready => completed

        internal boxed => completed
          internal step

        internal boxed_after_work => completed
          internal step

        internal boxed_after_work => completed
        "
    );
}

#[traced(name = "caller")]
fn call_all() -> Vec<Pin<Box<dyn Future<Output = usize>>>> {
    vec![
        Box::pin(returned("a")),
        Box::pin(returned_after_work("a")),
        boxed("a"),
        Box::pin(async { plain_async().await as usize }),
    ]
}

#[traced(name = "poller")]
async fn poll_all(futures: Vec<Pin<Box<dyn Future<Output = usize>>>>) {
    for future in futures {
        future.await;
    }
}

#[tracing_relay::test]
async fn the_parent_is_read_at_the_call_and_the_span_opens_at_the_first_poll(traces: Traces) {
    let futures = call_all();
    assert_eq!(traces.exported(), ["caller"], "the caller is over");
    assert_eq!(traces.open(), Vec::<String>::new(), "nothing was polled");
    poll_all(futures).await;
    assert_trace!(
        traces,
        "
        internal caller
          internal returned
            internal step
          internal returned_after_work
            internal step
          internal boxed
            internal step

        internal poller
          internal plain_async
            internal step
            internal step
        "
    );
}

#[tracing_relay::test]
async fn a_future_that_is_never_polled_has_no_span(traces: Traces) {
    drop(plain_async());
    drop(returned("a"));
    drop(returned_after_work("a"));
    drop(boxed("a"));
    drop(stream_of(3));
    assert_eq!(traces.exported(), Vec::<String>::new());
    assert_eq!(traces.open(), Vec::<String>::new());
}

#[traced(fields(count))]
fn stream_of(count: u32) -> impl Stream<Item = u32> {
    stream::iter(0..count).map(|number| {
        step();
        number
    })
}

#[traced]
fn boxed_stream(count: u32) -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(stream::iter(0..count).then(async |number| {
        tokio::task::yield_now().await;
        step();
        number
    }))
}

#[tracing_relay::test]
async fn streams(traces: Traces) {
    assert_eq!(stream_of(2).collect::<Vec<_>>().await, [0, 1]);
    assert_eq!(boxed_stream(2).collect::<Vec<_>>().await, [0, 1]);
    let mut stopped = stream_of(3);
    assert_eq!(stopped.size_hint(), (3, Some(3)));
    assert_eq!(stopped.next().await, Some(0));
    drop(stopped);
    assert_trace!(
        traces,
        "
        unordered
        internal stream_of {count=2} => completed
          internal step
          internal step

        internal boxed_stream => completed
          internal step
          internal step

        internal stream_of {count=3} => cancelled
          internal step
        "
    );
}
