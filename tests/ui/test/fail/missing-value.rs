//! Every option has a value.

#[tracing_relay::test(logs, ids)]
async fn without_values() {}

#[tracing_relay::test(logs = , ids = "sequential")]
async fn a_sign_without_a_value() {}

#[tracing_relay::test(logs = true ids = "sequential")]
async fn a_comma_is_missing() {}

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test(logs = true, ids = "sequential")]
    async fn with_values() {}
}
