//! An option is given once.

#[tracing_relay::test(logs = true, logs = false)]
async fn twice() {}

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test(logs = true)]
    async fn once() {}
}
