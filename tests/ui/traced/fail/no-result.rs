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
