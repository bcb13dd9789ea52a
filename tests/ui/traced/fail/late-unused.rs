#![deny(unused_variables)]

use tracing_relay::traced;

#[traced(late(used: str = "used", unused: str = "unused", _kept: str = "kept"))]
fn sync() {
    used.record("value");
}

#[traced(late(unused: str = "unused"))]
async fn asynchronous() {}

#[traced(late(unused: str = "unused"))]
fn returned() -> impl Future<Output = ()> {
    async move {}
}

fn main() {
    sync();
    let _ = (asynchronous(), returned());
}
