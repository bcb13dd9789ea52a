//! A function that returns a future says so in its type, so that the span lasts as long as the future.

use std::future::Ready;
use std::pin::Pin;

use futures_util::future::BoxFuture;
use tokio::task::JoinHandle;
use tracing_relay::traced;

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

#[traced]
fn alias() -> Boxed<u8> {
    Box::pin(async { 1 })
}

#[traced]
fn alias_of_a_library(text: &str) -> BoxFuture<'_, usize> {
    Box::pin(async { text.len() })
}

#[traced]
fn handle() -> JoinHandle<()> {
    tokio::spawn(async {})
}

#[traced]
fn ready() -> Ready<u8> {
    std::future::ready(1)
}

fn main() {
    let _ = (alias(), alias_of_a_library("x"), handle(), ready());
}

#[cfg(doctest)]
mod right {
    use std::pin::Pin;

    use tracing_relay::traced;

    #[traced]
    async fn asynchronous(text: &str) -> usize {
        text.len()
    }

    #[traced]
    fn boxed() -> Pin<Box<dyn Future<Output = u8> + Send>> {
        Box::pin(async { 1 })
    }
}
