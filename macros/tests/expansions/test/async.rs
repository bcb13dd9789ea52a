/// Words.
#[ignore]
#[::core::prelude::v1::test]
#[allow(clippy::needless_pass_by_value, clippy::unused_async)]
pub(crate) fn name() -> Result<(), Error> {
    async fn name(traces: Traces) -> Result<(), Error> {
        #![allow(dead_code)]
        traces.check()
    }
    ::tracing_relay::testing::Pipeline::new()
        .worker_threads(2)
        .sequential_ids()
        .run(name)
}
