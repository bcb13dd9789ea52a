//! What other crates have an option for is answered with what to write here.

use tracing_relay::{request_span, traced};

#[traced(skip_all, ret)]
fn instrument(number: u8) -> u8 {
    number
}

#[request_span(parent = None, follows_from = [1], carrier = none)]
fn parents() {}

#[traced(level = tracing::Level::DEBUG)]
fn level() {}

#[traced(level = "WARN")]
fn capitals() {}

#[traced(err(Debug))]
fn error() -> Result<(), u8> {
    Ok(())
}

#[traced(properties = { "turn.id": "{id}" })]
fn properties(id: u8) -> u8 {
    id
}

#[traced(prefix = "threads")]
fn prefix() {}

fn main() {
    let _ = (instrument(1), error(), properties(1));
    parents();
    level();
    capitals();
    prefix();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(
        name = "threads.start",
        level = "debug",
        err = "message",
        fields(turn.id = id),
        on_ok(|number| number = *number),
    )]
    fn start(id: u8) -> Result<u8, u8> {
        Ok(id)
    }
}
