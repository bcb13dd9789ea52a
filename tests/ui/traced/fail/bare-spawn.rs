//! A task that starts outside of the trace is warned of, and the warning names the helper.

#![deny(warnings)]

use tracing_relay::traced;

#[traced]
async fn tasks() {
    tokio::spawn(async {});
    let _ = ::tokio::task::spawn(async {});
    let _ = tokio::task::spawn_blocking::<_, ()>(|| {});
    if let Some(work) = Some(async {}) {
        tokio::task::spawn_local(work);
    }
}

#[traced]
fn threads() {
    std::thread::spawn(|| {
        use std::thread;
        thread::spawn(|| {});
    });
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{task, traced};

    #[traced]
    async fn tasks() {
        task::spawn(async {});
        let _ = task::spawn_blocking(|| {});
        task::detach(async {});
    }

    #[traced]
    fn threads() {
        let _ = task::spawn_thread(|| {});
    }
}
