//! What is named as the carrier carries.

use tracing_relay::{TraceCarrier, request_span};

struct Message {
    id: u64,
    trace: TraceCarrier,
}

#[request_span(carrier = message.id)]
fn number(message: Message) -> u64 {
    message.id
}

#[request_span(carrier = message)]
async fn whole(message: Message, other: u8) -> u64 {
    message.id + u64::from(other)
}

#[request_span(carrier = message.traec)]
fn misspelt(message: Message) -> TraceCarrier {
    message.trace
}

fn main() {
    let _ = (number, whole, misspelt);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, request_span};

    struct Message {
        id: u64,
        trace: TraceCarrier,
    }

    #[request_span(carrier = message.trace)]
    fn number(message: Message) -> u64 {
        message.id
    }
}
