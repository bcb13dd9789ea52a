//! What is in the trace by hand, or is only called alike, is not warned of; one can allow the others.

#![deny(warnings)]

use std::future::{Ready, ready};

use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span};
use tracing_relay::{task, traced};

mod pool {
    pub mod tokio {
        pub fn spawn(work: impl FnOnce()) {
            work();
        }
    }
}

struct Pool;

impl Pool {
    fn spawn(&self, work: impl FnOnce()) {
        work();
    }
}

#[traced]
async fn tasks(pool: &Pool) {
    tokio::spawn(async {}.in_current_span());
    task::spawn(async {});
    task::detach(async {});
    pool.spawn(|| {});
    pool::tokio::spawn(|| {});
    spawn(async {});
}

fn spawn(_: impl Future) {}

#[traced]
async fn by_hand() {
    let work = async {}.in_current_span();
    tokio::spawn(work);
    tokio::spawn::<Instrumented<Ready<()>>>(ready(()).in_current_span());
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(|| {}));
    let span = Span::current();
    std::thread::spawn(move || {
        let _entered = span.enter();
    });
    let span = Span::current();
    std::thread::spawn(move || {
        let _entered = span.entered();
    });
}

#[traced]
#[allow(deprecated)]
async fn on_its_own() {
    tokio::spawn(async {});
}

#[traced]
async fn with_a_function_of_its_own() {
    #[traced]
    #[allow(deprecated)]
    async fn inside() {
        tokio::spawn(async {});
    }
    inside().await;
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tasks(&Pool).await;
    by_hand().await;
    on_its_own().await;
    with_a_function_of_its_own().await;
}
