//! A carrier inside a list, a tuple or a trait object is not found by itself.

use std::fmt::Debug;
use std::sync::Arc;

use tracing_relay::{CarriesTrace, TraceCarrier, request_span};

struct Message;

#[derive(CarriesTrace)]
struct Envelope<T> {
    #[carrier]
    head: T,
}

#[request_span]
fn list(carriers: Vec<TraceCarrier>) {
    drop(carriers);
}

#[request_span]
async fn slice(carriers: &[TraceCarrier]) -> usize {
    carriers.len()
}

#[request_span]
fn tuple(both: (TraceCarrier, u8)) {
    drop(both);
}

#[request_span]
fn result(message: Result<TraceCarrier, u8>) {
    drop(message);
}

#[request_span]
fn optional(message: Option<Message>) {
    drop(message);
}

#[request_span]
fn shared(message: Arc<Message>) {
    drop(message);
}

#[request_span]
fn object(message: &dyn Debug) {
    let _ = message;
}

#[request_span]
async fn boxed_object(message: Box<dyn Debug>) {
    drop(message);
}

#[request_span]
fn parameter_that_may_not_carry<T>(message: Envelope<T>) -> T {
    message.head
}

#[request_span]
fn parameter_that_does_not_carry(message: Envelope<u8>) -> u8 {
    message.head
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::{CarriesTrace, TraceCarrier, request_span};

    #[request_span(carrier = carriers[0])]
    async fn first(carriers: &[TraceCarrier]) -> usize {
        carriers.len()
    }

    #[request_span(carrier = both.0)]
    fn tuple(both: (TraceCarrier, u8)) -> u8 {
        both.1
    }

    #[request_span]
    fn object(message: &dyn CarriesTrace) {
        let _ = message.extract();
    }
}
