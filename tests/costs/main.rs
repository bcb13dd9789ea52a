//! What is allocated: asserted here in a binary of its own, because counting replaces the allocator.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tracing_relay::{TraceCarrier, current_trace_id, request_span, traced};

#[request_span(fields(number = number))]
fn handle(number: u64, carrier: &TraceCarrier) -> u64 {
    step(number) + u64::from(carrier.is_none())
}

#[request_span(fields(number = number))]
async fn handle_async(number: u64, carrier: &TraceCarrier) -> u64 {
    step(number) + u64::from(carrier.is_none())
}

#[traced(late(learned: u64 = "learned", text: str = "text"), otel_name = number)]
fn learns(number: u64) -> u64 {
    learned.record(&number);
    text.clone().record("text");
    number
}

#[traced(fields(number))]
fn step(number: u64) -> u64 {
    number + 1
}

fn ready<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the handler awaits nothing"),
    }
}

fn allocations(f: impl FnOnce()) -> u64 {
    allocation_counter::measure(f).count_total
}

#[test]
fn an_empty_carrier_without_a_subscriber_allocates_nothing() {
    let carrier = TraceCarrier::none();
    assert_eq!(allocations(|| assert_eq!(handle(1, &carrier), 3)), 0);
    let asynchronous = allocations(|| assert_eq!(ready(handle_async(1, &carrier)), 3));
    assert_eq!(asynchronous, 0);
}

#[test]
fn late_fields_without_a_subscriber_allocate_nothing() {
    assert_eq!(allocations(|| assert_eq!(learns(1), 1)), 0);
}

#[test]
fn capturing_and_asking_outside_a_trace_allocates_nothing() {
    let ask = || {
        assert!(TraceCarrier::capture().is_none());
        assert_eq!(current_trace_id(), None);
    };
    // The first look on a thread sets OpenTelemetry's own thread-local up.
    ask();
    assert_eq!(allocations(ask), 0);
}
