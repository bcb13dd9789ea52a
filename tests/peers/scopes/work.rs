//! What is measured.

use std::future::{Ready, pending};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use tracing::dispatcher::{self, Dispatch};
use tracing::{debug, debug_span, info, info_span};
use tracing_relay::{relay_traced, traced};
use tracing_relay_peers::callgrind::Counted;

use crate::application::RELAY;

/// Makes calls by [`repeat`].
pub(crate) type Work = fn(u64);

/// The function whose instructions, time and allocations count.
pub(crate) const COUNTED: Counted = Counted::Function("*scopes::work::repeat*");

/// Makes the calls that count, between what notes the time.
#[inline(never)]
fn repeat<T>(calls: u64, mut call: impl FnMut(u64) -> T) {
    for number in 0..calls {
        black_box(call(black_box(number)));
    }
}

fn measured<T>(calls: u64, call: impl FnMut(u64) -> T) {
    crate::rounds::measure(|| repeat(calls, call));
}

/// Inside of a scope.
pub(crate) fn inside(calls: u64, work: Work) {
    RELAY.run(|| work(calls));
}

/// What entering a scope is compared with: its two parts that everybody has, of a subscriber that is at hand.
fn set_default<T>(dispatch: &Dispatch, f: impl FnOnce() -> T) -> T {
    let _dispatch = dispatcher::set_default(dispatch);
    let _otel = opentelemetry::Context::new().attach();
    f()
}

/// A subscriber for [`set_default`], which is counted by who refers to it as that of a scope is.
fn subscriber() -> Dispatch {
    RELAY.run(|| dispatcher::get_default(Dispatch::clone))
}

pub(crate) fn enter_by_hand(calls: u64) {
    let dispatch = subscriber();
    measured(calls, |_| set_default(&dispatch, || ()));
}

pub(crate) fn enter_scope(calls: u64) {
    measured(calls, |_| RELAY.run(|| ()));
}

/// A future that is polled with a subscriber and a context.
struct ByHand<F>(Dispatch, Pin<Box<F>>);

impl<F: Future> Future for ByHand<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Self(dispatch, future) = &mut *self;
        set_default(dispatch, || future.as_mut().poll(cx))
    }
}

fn poll<F: Future>(calls: u64, future: F) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    measured(calls, |_| future.as_mut().poll(&mut context).is_pending());
}

pub(crate) fn poll_by_hand(calls: u64) {
    poll(calls, ByHand(subscriber(), Box::pin(pending::<()>())));
}

pub(crate) fn poll_scope(calls: u64) {
    poll(calls, RELAY.run_async(pending::<()>()));
}

/// The same inside a span of the application.
pub(crate) fn in_a_span(calls: u64, work: Work) {
    info_span!("application").in_scope(|| work(calls));
}

#[traced(fields(number))]
#[inline(never)]
fn step(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced(target = "quiet", fields(number))]
#[inline(never)]
fn quiet_step(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[relay_traced(scope = RELAY, name = "operation", fields(number))]
#[inline(never)]
fn operation(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced(fields(number))]
#[inline(never)]
async fn step_async(number: u64) -> u64 {
    std::future::ready(black_box(number)).await
}

#[relay_traced(scope = RELAY, name = "operation", fields(number))]
#[inline(never)]
async fn operation_async(number: u64) -> u64 {
    let ready: Ready<u64> = std::future::ready(black_box(number));
    ready.await
}

pub(crate) fn annotated(calls: u64) {
    measured(calls, step);
}

pub(crate) fn annotated_async(calls: u64) {
    measured(calls, |number| ready(step_async(number)));
}

pub(crate) fn operations(calls: u64) {
    measured(calls, operation);
}

pub(crate) fn operations_async(calls: u64) {
    measured(calls, |number| ready(operation_async(number)));
}

fn ready<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("it awaits nothing"),
    }
}

pub(crate) fn spans(calls: u64) {
    measured(calls, |number| {
        info_span!("step", number).in_scope(|| black_box(number))
    });
}

pub(crate) fn debug_spans(calls: u64) {
    measured(calls, |number| {
        debug_span!("step", number).in_scope(|| black_box(number))
    });
}

pub(crate) fn quiet_spans(calls: u64) {
    measured(calls, |number| {
        info_span!(target: "quiet", "step", number).in_scope(|| black_box(number))
    });
}

pub(crate) fn events(calls: u64) {
    measured(calls, |number| info!(number, "done"));
}

pub(crate) fn debug_events(calls: u64) {
    measured(calls, |number| debug!(number, "done"));
}

pub(crate) fn quiet_events(calls: u64) {
    measured(calls, |number| info!(target: "quiet", number, "done"));
}

pub(crate) fn events_in_spans(calls: u64) {
    measured(calls, |number| {
        info_span!("step", number).in_scope(|| info!(number, "done"));
    });
}

pub(crate) fn quiet_annotated(calls: u64) {
    measured(calls, quiet_step);
}
