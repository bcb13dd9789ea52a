//! What is in the trace by hand, or is only called alike, is not warned of; one can allow the others.

#![deny(warnings)]

use tracing::Instrument as _;
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
#[allow(deprecated)]
async fn on_its_own() {
    tokio::spawn(async {});
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tasks(&Pool).await;
    on_its_own().await;
}
