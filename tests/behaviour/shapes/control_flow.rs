//! How a body can end, or not.

use std::pin::Pin;

use tracing_relay::testing::Traces;
use tracing_relay::{assert_trace, traced};

use super::step;

#[traced]
#[allow(
    unsafe_code,
    reason = "it is the `unsafe` of the header that is tested"
)]
unsafe fn unsafe_function(number: &u32) -> u32 {
    let pointer: *const u32 = number;
    // SAFETY: it comes from a reference.
    unsafe { *pointer }
}

#[traced]
extern "C" fn with_an_abi(number: u32) -> u32 {
    number + 1
}

#[traced]
fn question_mark(text: &str) -> Result<u32, std::num::ParseIntError> {
    let number: u32 = text.parse()?;
    if number == 0 {
        return Ok(1);
    }
    Ok(number * 2)
}

#[traced]
async fn async_question_mark(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    tokio::task::yield_now().await;
    if number == 0 {
        return Some(1);
    }
    Some(number * 2)
}

#[traced]
async fn recursive(depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    1 + Box::pin(recursive(depth - 1)).await
}

#[traced]
fn recursive_boxed(depth: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(async move {
        if depth == 0 {
            return 0;
        }
        1 + recursive_boxed(depth - 1).await
    })
}

#[tracing_relay::test]
async fn control_flow(traces: Traces) {
    let number = 7;
    #[allow(
        unsafe_code,
        reason = "it is the `unsafe` of the header that is tested"
    )]
    // SAFETY: the function asks for nothing.
    let read = unsafe { unsafe_function(&number) };
    assert_eq!(read, 7);
    assert_eq!(with_an_abi(1), 2);
    assert_eq!(question_mark("4"), Ok(8));
    assert_eq!(question_mark("0"), Ok(1));
    assert!(question_mark("x").is_err());
    assert_eq!(async_question_mark("4").await, Some(8));
    assert_eq!(async_question_mark("0").await, Some(1));
    assert_eq!(async_question_mark("x").await, None);
    assert_eq!(recursive(2).await, 2);
    assert_eq!(recursive_boxed(2).await, 2);
    assert_trace!(
        traces,
        "
        unordered
        internal unsafe_function

        internal with_an_abi

        internal question_mark => completed

        internal question_mark => completed

        internal question_mark error => failed

        internal async_question_mark => completed

        internal async_question_mark => completed

        internal async_question_mark => completed

        internal recursive
          internal recursive
            internal recursive

        internal recursive_boxed
          internal recursive_boxed
            internal recursive_boxed
        "
    );
}

#[traced]
fn never_returns() -> ! {
    step();
    panic!("on purpose")
}

#[traced]
async fn never_returns_async() -> ! {
    loop {
        step();
        std::future::pending::<()>().await;
    }
}

#[traced]
async fn diverges_by_its_body() -> u32 {
    step();
    std::future::pending().await
}

#[tracing_relay::test]
async fn functions_that_do_not_return(traces: Traces) {
    std::panic::catch_unwind(|| never_returns()).expect_err("it panics");
    assert!(futures_util::poll!(std::pin::pin!(never_returns_async())).is_pending());
    assert!(futures_util::poll!(std::pin::pin!(diverges_by_its_body())).is_pending());
    assert_trace!(
        traces,
        r#"
        unordered
        internal never_returns error "panicked" => panicked
          internal step

        internal never_returns_async => cancelled
          internal step

        internal diverges_by_its_body => cancelled
          internal step
        "#
    );
}
