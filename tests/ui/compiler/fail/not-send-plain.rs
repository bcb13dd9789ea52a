//! The functions of `not-send.rs` without the attribute: a test compares what the compiler says.

use std::rc::Rc;
use std::sync::Mutex;

async fn holds_over_an_await() {
    let shared = Rc::new(1);
    std::future::pending::<()>().await;
    drop(shared);
}

async fn holds_a_guard(numbers: &Mutex<u8>) {
    let guard = numbers.lock().unwrap();
    std::future::pending::<()>().await;
    drop(guard);
}

async fn inner() {
    let shared = Rc::new(1);
    std::future::pending::<()>().await;
    drop(shared);
}

async fn awaits_another() {
    inner().await;
}

fn returned(shared: Rc<u8>) -> impl Future<Output = ()> {
    async move {
        std::future::pending::<()>().await;
        drop(shared);
    }
}

async fn parameter(shared: Rc<u8>) {
    std::future::pending::<()>().await;
    drop(shared);
}

fn assert_send<T: Send>(_: T) {}

fn main() {
    assert_send(holds_over_an_await());
    assert_send(holds_a_guard(&Mutex::new(1)));
    assert_send(awaits_another());
    assert_send(returned(Rc::new(1)));
    assert_send(parameter(Rc::new(1)));
}
