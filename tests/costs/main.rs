//! What is allocated and read where nobody listens: asserted here in a binary of its own, because
//! counting replaces the allocator, and because a subscriber in another test would be a listener.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tracing_relay::{
    Attempt, FieldValues, SpanFields, TraceCarrier, TraceContext, current_trace_id, request_span,
    traced,
};

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
fn links_without_a_subscriber_allocate_nothing() {
    #[traced(links = batch)]
    fn process(batch: &[TraceContext], attempt: &Attempt) -> usize {
        connect(attempt) + batch.len()
    }
    #[traced(links = attempt)]
    fn connect(attempt: &Attempt) -> usize {
        usize::from(attempt.context().is_none())
    }
    let context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse();
    let (batch, attempt) = ([context.expect("a context")], Attempt::first());
    assert_eq!(allocations(|| assert_eq!(process(&batch, &attempt), 2)), 0);
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

struct Unread;

impl SpanFields for Unread {
    const KEYS: &'static [&'static str] = &["unread"];

    fn values<'a>(&'a self, _: &mut FieldValues<'a>) {
        panic!("the fields of a type were read");
    }
}

#[test]
fn nothing_is_read_where_nobody_listens() {
    #[traced(otel_name = read(), fields(value = read()), links = [none(read())])]
    async fn reads(#[fields] unread: Unread) {
        let Unread = unread;
    }
    fn read() -> u32 {
        panic!("it was read");
    }
    fn none(_: u32) -> TraceCarrier {
        TraceCarrier::none()
    }
    ready(reads(Unread));
}
