//! A future that is not `Send` says which value makes it so.

use std::rc::Rc;

use tracing_relay::traced;

#[traced]
async fn holds_over_an_await() {
    let shared = Rc::new(1);
    std::future::pending::<()>().await;
    drop(shared);
}

#[traced]
async fn parameter(shared: Rc<u8>) {
    std::future::pending::<()>().await;
    drop(shared);
}

fn assert_send<T: Send>(_: T) {}

fn main() {
    assert_send(holds_over_an_await());
    assert_send(parameter(Rc::new(1)));
}
