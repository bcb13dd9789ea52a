//! What the options make is held by no future: it may be what it wants.
#![allow(dead_code, reason = "the fields are there to be debugged")]

use std::cell::RefCell;
use std::future::ready;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use tracing_relay::{TraceCarrier, request_span, traced};

#[derive(Debug)]
struct NotSend(Rc<u8>);

#[traced(
    otel_name = format_args!("fields {}", Rc::new(id)),
    fields(plain = *Rc::new(1), debug = ?NotSend(Rc::new(1)), display = %Rc::new(id)),
    on_ok(|id| ok = *Rc::new(id)),
    late(learned: u8 = "learned"),
)]
async fn fields(id: u8) -> u8 {
    ready(()).await;
    learned.record(&id);
    id
}

#[request_span(carrier = *Rc::new(carrier), trust = *Rc::new(true))]
async fn server(carrier: &TraceCarrier) -> bool {
    ready(()).await;
    carrier.is_none()
}

#[traced(kind = "client", carrier = RefCell::new(&mut *carrier).get_mut())]
async fn client(carrier: &mut TraceCarrier) -> bool {
    ready(()).await;
    carrier.is_none()
}

#[traced(fields(count = numbers.lock().unwrap_or_else(PoisonError::into_inner).len()))]
async fn guard(numbers: &Mutex<Vec<u8>>) {
    ready(drop(numbers.lock())).await;
}

#[traced(on_err(|code| code = **code))]
async fn result() -> Result<Rc<u8>, Rc<u8>> {
    ready(()).await;
    Err(Rc::new(1))
}

fn assert_send<T: Send>(_: T) {}

fn main() {
    assert_send(fields(1));
    assert_send(server(&TraceCarrier::none()));
    assert_send(client(&mut TraceCarrier::none()));
    assert_send(guard(&Mutex::new(Vec::new())));
    assert_send(result());
}
