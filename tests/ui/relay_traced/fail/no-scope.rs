//! An operation belongs to a scope.

use tracing_relay::relay_traced;

#[relay_traced]
fn bare() {}

#[relay_traced(name = "relay.link")]
async fn with_options(text: &str) -> usize {
    text.len()
}

fn main() {
    bare();
    let _ = with_options("x");
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceScope, relay_traced};

    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.link")]
    async fn link(text: &str) -> usize {
        text.len()
    }
}
