//! An option that does not exist is an error, and never ignored.

#[tracing_relay::test(flavour = "multi_thread")]
async fn a_letter_too_many() {}

#[tracing_relay::test(worker_treads = 2, id = "sequential")]
async fn two_in_one_attribute() {}

#[tracing_relay::test(start_paused = true)]
async fn nothing_is_near() {}

#[tracing_relay::test(restamp = false)]
async fn an_option_of_another_attribute() {}

#[tracing_relay::test("multi_thread")]
async fn a_value_without_a_name() {}

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test(flavor = "multi_thread", worker_threads = 2, ids = "sequential")]
    async fn options() {}
}
