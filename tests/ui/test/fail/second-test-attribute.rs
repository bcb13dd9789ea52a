//! A test that two attributes make would run twice.

#[tracing_relay::test]
#[test]
fn built_in() {}

#[tracing_relay::test]
#[tokio::test]
async fn of_tokio() {}

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test]
    async fn one_attribute() {}
}
