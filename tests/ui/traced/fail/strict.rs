//! What is a warning otherwise is an error, and so is a span that is made by hand.

use tracing::info_span;
use tracing_relay::traced;

#[traced(strict = true, conventions = "jsonrpc", fields(rpc.system = "jsonrpc"))]
async fn strictly() {
    tokio::spawn(async {});
    let span = info_span!("step");
    span.in_scope(|| {
        let _entered = tracing::debug_span!("inner").entered();
    });
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{task, traced};

    #[traced(strict = true, conventions = "jsonrpc", fields(rpc.method = "turn/start"))]
    async fn strictly() {
        task::spawn(step());
    }

    #[traced(strict = true)]
    async fn step() {}
}
