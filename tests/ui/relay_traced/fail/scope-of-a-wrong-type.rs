//! A scope is a static.

use tracing_relay::{TraceScope, relay_traced};

static NAME: &str = "relay";

#[relay_traced(scope = NAME)]
fn text() {}

#[relay_traced(scope = "relay")]
async fn literal() {}

#[relay_traced(scope = RELAY)]
fn missing() {}

struct Component {
    scope: TraceScope,
}

impl Component {
    #[relay_traced(scope = self.scope)]
    fn not_a_static(&self) {}
}

fn main() {
    text();
    let _ = literal();
    missing();
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
