//! A test has no parameter or one, and nothing that a caller would have to choose.

use tracing_relay::testing::Traces;

#[tracing_relay::test]
async fn two_parameters(_traces: Traces, _number: usize) {}

#[tracing_relay::test]
async fn generic<T, const N: usize>(_traces: Traces) {}

#[tracing_relay::test]
unsafe fn not_safe(_traces: Traces) {}

#[tracing_relay::test]
extern "C" fn foreign() {}

struct Suite;

impl Suite {
    #[tracing_relay::test]
    fn method(&self) {}
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::testing::Traces;

    #[tracing_relay::test]
    async fn with_traces(traces: Traces) {
        drop(traces);
    }

    #[tracing_relay::test]
    fn without_traces() {}
}
