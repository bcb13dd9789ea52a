#[::core::prelude::v1::test]
#[allow(clippy::needless_pass_by_value, clippy::unused_async)]
fn name() {
    fn name() {}
    ::tracing_relay::testing::Pipeline::new().run_sync(|_| name())
}
