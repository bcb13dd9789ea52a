//! A scope is named like any static.

use tracing_relay::{TraceScope, relay_traced};

pub mod scopes {
    use tracing_relay::TraceScope;

    pub static RELAY: TraceScope = TraceScope::new("relay");
}

static LOCAL: TraceScope = TraceScope::new("local");

#[relay_traced(scope = LOCAL)]
fn local() {}

#[relay_traced(scope = crate::scopes::RELAY, name = "relay.link")]
async fn by_path<T>(value: T) -> T {
    value
}

struct Component<T>(T);

impl<T> Component<T> {
    #[relay_traced(scope = scopes::RELAY)]
    fn method(&self) -> &T {
        &self.0
    }
}

fn main() {
    local();
    let _ = by_path(1);
    assert_eq!(*Component(1).method(), 1);
}
