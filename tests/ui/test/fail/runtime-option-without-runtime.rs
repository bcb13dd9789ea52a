//! Options of the runtime need a runtime, and the number of workers a runtime that has workers.

#[tracing_relay::test(flavor = "multi_thread")]
fn a_sync_test() {}

#[tracing_relay::test(worker_threads = 2)]
async fn a_current_thread_runtime() {}

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test(flavor = "multi_thread", worker_threads = 2)]
    async fn with_workers() {}
}
