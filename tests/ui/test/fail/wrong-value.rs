//! A value that an option does not take is underlined, and the accepted ones are named.

#[tracing_relay::test(flavor = "multi")]
async fn flavor() {}

#[tracing_relay::test(flavor = 2)]
async fn flavor_is_a_string() {}

#[tracing_relay::test(flavor = "multi_thread", worker_threads = 0)]
async fn no_workers() {}

#[tracing_relay::test(flavor = "multi_thread", worker_threads = "2")]
async fn workers_in_quotes() {}

#[tracing_relay::test(ids = "counted", sampling = "half", level = "verbose", logs = "yes")]
async fn several_in_one_attribute() {}

#[tracing_relay::test(crate = tracing_relay)]
async fn a_relative_path() {}

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test(
        flavor = "multi_thread",
        worker_threads = 2,
        ids = "sequential",
        sampling = "never",
        level = "debug",
        logs = true
    )]
    async fn options() {}
}
