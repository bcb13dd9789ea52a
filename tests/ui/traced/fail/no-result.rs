//! Options about a result need a function that has one.

use std::pin::Pin;

use futures_util::stream::{self, Stream};
use tracing_relay::traced;

#[traced(on_ok(|item| item), err = "message")]
fn stream() -> impl Stream<Item = u8> {
    stream::iter([1])
}

#[traced(on_err(failed = true))]
fn boxed_stream() -> Pin<Box<dyn Stream<Item = u8>>> {
    Box::pin(stream::iter([1]))
}

#[traced(on_ok(done = true))]
fn never() -> ! {
    loop {}
}

#[traced(err = "chain")]
async fn never_async() -> ! {
    loop {}
}

fn main() {
    let _ = (stream(), boxed_stream(), never, never_async);
}

#[cfg(doctest)]
mod right {
    use futures_util::stream::{self, Stream};
    use tracing_relay::traced;

    #[traced]
    fn items() -> impl Stream<Item = u8> {
        stream::iter([1])
    }

    #[traced(on_ok(|count| count), err = "message")]
    async fn count() -> Result<u8, String> {
        Ok(1)
    }
}
