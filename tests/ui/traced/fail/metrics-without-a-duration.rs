//! What `metrics` turns off or on is a duration that the conventions define, for spans of some kinds.

use tracing_relay::traced;

#[traced(metrics = false)]
fn step() {}

#[traced(conventions = "jsonrpc", metrics = true)]
fn prepare() {}

fn main() {
    step();
    prepare();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced]
    fn step() {}

    #[traced(conventions = "jsonrpc", kind = "server", carrier = none, metrics = false)]
    fn answer() {}
}
