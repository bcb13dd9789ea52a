//! A handler whose parameters carry nothing would start a trace of its own, and has to say so.

use tracing_relay::{request_span, traced};

struct Message {
    id: u64,
}

type Alias = Message;

#[request_span]
fn by_value(message: Message) -> u64 {
    message.id
}

#[request_span]
async fn by_reference(message: &Message, other: &mut Message) -> u64 {
    message.id + other.id
}

#[request_span]
fn generic<T: Clone>(message: T) -> T {
    message.clone()
}

#[request_span]
fn opaque(message: impl Clone) {
    let _ = message.clone();
}

#[request_span]
fn alias(message: Alias) -> u64 {
    message.id
}

#[request_span]
fn containers(boxed: Box<Message>, tuple: (Message, u8), list: Vec<Message>) -> usize {
    list.len() + tuple.0.id as usize + boxed.id as usize
}

#[request_span]
fn pattern(Message { id }: Message) -> u64 {
    id
}

impl Message {
    #[request_span]
    async fn method(&self, other: Self) -> u64 {
        self.id + other.id
    }
}

#[traced(kind = "consumer")]
fn consume(message: Message) -> u64 {
    message.id
}

fn main() {
    let _ = (
        by_value,
        by_reference,
        generic::<u8>,
        opaque(1),
        alias,
        containers,
        pattern,
        Message::method,
        consume,
    );
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{Carried, CarriesTrace, carries_trace, request_span};

    #[carries_trace]
    struct Message {
        id: u64,
    }

    #[request_span]
    fn by_reference(message: &Message) -> u64 {
        message.id
    }

    #[request_span]
    fn generic<T: CarriesTrace>(message: T) -> T {
        message
    }

    #[request_span]
    fn in_an_envelope(number: Carried<u64>) -> u64 {
        number.value
    }

    #[request_span(carrier = none)]
    fn nothing_comes_in(interval: u64) -> u64 {
        interval
    }
}
