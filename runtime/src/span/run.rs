//! The drivers: they make a span current while the body of its function runs, and end it.
//!
//! Each of them tells four endings apart. The body returned: the result says whether it failed. It
//! unwound: a guard that lives as long as the call or the poll saw no return. The future was
//! dropped before it was ready: cancelled. What was dropped is dropped inside the span.

use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::active::{Active, Span};
use super::declared::SpanSite;
use super::opaque::Opaque;
use super::opening::{Opening, OwnedValues};
use super::running::{Finish, Running};
use super::value::{AttributeValue, FieldValue};

/// Tells a span of a result: a function and no closure, one for each type of result and not one for
/// each annotated function.
pub(crate) type Told<R> = fn(&mut Finish<'_>, &R);

/// Values that fit on the stack while they are read; more of them cost an allocation.
const STACK_VALUES: usize = 8;

impl Span {
    /// Starts a span if it is wanted, with values that are read only then: one call for a function all of
    /// whose fields are parameters.
    #[inline]
    #[must_use]
    pub fn start_reading(site: &'static SpanSite, values: &[&dyn FieldValue]) -> Self {
        if !site.may_be_enabled() {
            return Self::none();
        }
        Self::read_at(site, values)
    }

    #[inline(never)]
    fn read_at(site: &'static SpanSite, values: &[&dyn FieldValue]) -> Self {
        Self::read(Opening::starting(site), values)
    }

    /// Opens a span with values that are read if they are wanted.
    pub(super) fn read(opening: Opening, values: &[&dyn FieldValue]) -> Self {
        if !opening.wants_fields() {
            return opening.open(&[]);
        }
        let mut stack = [AttributeValue::Absent; STACK_VALUES];
        let read = values.iter().map(|value| value.field_value());
        if let Some(stack) = stack.get_mut(..values.len()) {
            for (slot, value) in stack.iter_mut().zip(read) {
                *slot = value;
            }
            opening.open(stack)
        } else {
            opening.open(&read.collect::<Vec<_>>())
        }
    }
}

/// Runs the body of a function inside its span.
#[inline]
pub fn in_span<R>(
    span: Span,
    body: impl FnOnce() -> R,
    finish: impl FnOnce(&mut Finish<'_>, &R),
) -> R {
    let mut running = span.0.map(Running::enter);
    let result = body();
    if let Some(running) = &mut running {
        running.end(Some(finish), &result);
    }
    result
}

/// Ends a span whose stream is dropped, and drops that inside.
#[inline(never)]
fn cancel<F>(active: &mut Waiting, mut inner: Pin<&mut Option<F>>) {
    let mut running = enter(active);
    inner.set(None);
    if let Some(running) = &mut running {
        running.cancel();
    }
}

/// The span of a future or a stream that is not polled now, if there is one.
type Waiting = Option<Opaque<Active>>;

#[inline]
fn enter(waiting: &mut Waiting) -> Option<Running> {
    waiting
        .take()
        .map(|active| Running::enter(active.into_inner()))
}

/// The part of a future in its span that comes before the body.
struct Open<H> {
    active: Waiting,
    finish: Option<H>,
}

/// The part that comes after the body: whether the span was entered so that the body is dropped inside. Dropped, it ends
/// the span.
#[derive(Default)]
struct Left {
    is_due: bool,
}

impl<H> Open<H> {
    /// Polls a body, inside the span if there is one. The body comes as a trait object, so that this is
    /// compiled once for all bodies with the same type of result.
    #[inline(never)]
    fn poll<R>(&mut self, inner: Pin<&mut dyn Future<Output = R>>, cx: &mut Context<'_>) -> Poll<R>
    where
        H: FnOnce(&mut Finish<'_>, &R),
    {
        if self.active.is_none() {
            return inner.poll(cx);
        }
        self.poll_inside(inner, cx)
    }

    #[inline(never)]
    fn poll_inside<R>(
        &mut self,
        inner: Pin<&mut dyn Future<Output = R>>,
        cx: &mut Context<'_>,
    ) -> Poll<R>
    where
        H: FnOnce(&mut Finish<'_>, &R),
    {
        let mut running = enter(&mut self.active);
        let polled = inner.poll(cx);
        if let Some(running) = &mut running {
            if let Poll::Ready(result) = &polled {
                running.end(self.finish.take(), result);
            } else {
                self.active = running.leave().map(Opaque::new);
            }
        }
        polled
    }
}

impl Left {
    /// Enters the span of a future that is dropped, if it has one still.
    #[inline]
    fn enter<H>(&mut self, open: &mut Open<H>) {
        if open.active.is_some() {
            enter_to_drop(&mut open.active);
            self.is_due = true;
        }
    }
}

impl Drop for Left {
    #[inline]
    fn drop(&mut self) {
        if self.is_due {
            leave_dropped();
        }
    }
}

/// A span whose body is dropped right now.
struct Dropping {
    running: Running,
    /// Whether the thread unwound already. If it does so only afterwards, the body has panicked: it is all
    /// that runs in between.
    unwinding: bool,
}

thread_local! {
    /// The innermost is the last. They cannot be in the future: what has entered a span stays on its thread,
    /// and the future may move.
    static DROPPING: RefCell<Vec<Dropping>> = const { RefCell::new(Vec::new()) };
}

#[inline(never)]
fn enter_to_drop(waiting: &mut Waiting) {
    let mut dropping = enter(waiting).map(|running| Dropping {
        running,
        unwinding: thread::panicking(),
    });
    let _ = DROPPING.try_with(|all| all.borrow_mut().extend(dropping.take()));
    // The thread ends, and its locals are gone.
    if let Some(mut dropping) = dropping {
        dropping.running.cancel();
    }
}

#[inline(never)]
fn leave_dropped() {
    let dropping = DROPPING.try_with(|all| all.borrow_mut().pop());
    if let Ok(Some(mut dropping)) = dropping
        && dropping.unwinding == thread::panicking()
    {
        dropping.running.cancel();
    }
}

impl<H> Open<H> {
    fn new(span: Span, finish: H) -> Self {
        Self {
            active: span.0.map(Opaque::new),
            finish: Some(finish),
        }
    }
}

pin_project! {
    /// An async block inside its span: one call a poll, and one comparison where there is no span. A
    /// function takes the result, and no closure: the type says less, and the compiler has less to check
    /// of each function.
    ///
    /// The block is not taken out when it is ready, because it has dropped then what it had.
    pub struct SpanFuture<F: Future> {
        // They are dropped in this order.
        open: Open<Told<F::Output>>,
        #[pin]
        inner: F,
        left: Left,
    }

    impl<F: Future> PinnedDrop for SpanFuture<F> {
        #[inline]
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.left.enter(this.open);
        }
    }
}

/// Runs an async block inside a span that is open.
#[inline]
pub fn in_span_async<F: Future>(span: Span, finish: Told<F::Output>, inner: F) -> SpanFuture<F> {
    let open = Open::new(span, finish);
    let left = Left::default();
    SpanFuture { open, inner, left }
}

impl<F: Future> Future for SpanFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.open.poll(this.inner, cx)
    }
}

impl<F: Future> fmt::Debug for SpanFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// A [`SpanFuture`] with a closure that takes the result.
    pub struct SpanFutureWith<F, H> {
        // They are dropped in this order.
        open: Open<H>,
        #[pin]
        inner: F,
        left: Left,
    }

    impl<F, H> PinnedDrop for SpanFutureWith<F, H> {
        #[inline]
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            this.left.enter(this.open);
        }
    }
}

/// Runs an async block inside a span that is open, with a closure that takes the result.
#[inline]
pub fn in_span_async_with<F, H>(span: Span, inner: F, finish: H) -> SpanFutureWith<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    let open = Open::new(span, finish);
    let left = Left::default();
    SpanFutureWith { open, inner, left }
}

impl<F, H> Future for SpanFutureWith<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.open.poll(this.inner, cx)
    }
}

impl<F, H> fmt::Debug for SpanFutureWith<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanFutureWith").finish_non_exhaustive()
    }
}

const POLLED_AGAIN: &str = "an annotated future was polled after it was ready";

pin_project! {
    /// A future that is dropped as soon as it is ready.
    struct OnceReady<F> {
        #[pin]
        inner: Option<F>,
    }
}

impl<F: Future> Future for OnceReady<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut inner = self.project().inner;
        let polled = inner.as_mut().as_pin_mut().expect(POLLED_AGAIN).poll(cx);
        if polled.is_ready() {
            inner.set(None);
        }
        polled
    }
}

/// A span that opens at the first poll, with the values of its fields.
type Deferred = Option<Opaque<(Opening, OwnedValues)>>;

fn defer(opening: Opening, values: OwnedValues) -> Deferred {
    (!opening.is_empty()).then(|| Opaque::new(Box::new((opening, values))))
}

fn open(deferred: &mut Deferred, active: &mut Waiting) {
    if let Some(deferred) = deferred.take() {
        let (opening, values) = *deferred.into_inner();
        *active = opening.open_owned(&values).0.map(Opaque::new);
    }
}

pin_project! {
    /// A future inside a span that opens when it is first polled.
    pub struct DeferredFuture<F, H> {
        deferred: Deferred,
        #[pin]
        future: SpanFutureWith<OnceReady<F>, H>,
    }
}

/// Runs a future inside a span that opens when it is first polled.
pub fn in_deferred_span<F, H>(
    opening: Opening,
    values: OwnedValues,
    inner: F,
    finish: H,
) -> DeferredFuture<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    DeferredFuture {
        deferred: defer(opening, values),
        future: in_span_async_with(Span(None), OnceReady { inner: Some(inner) }, finish),
    }
}

impl<F, H> Future for DeferredFuture<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let future = this.future.as_mut().project();
        open(this.deferred, &mut future.open.active);
        this.future.poll(cx)
    }
}

impl<F, H> fmt::Debug for DeferredFuture<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeferredFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// A stream inside its span, which opens at the first poll and ends after the last item.
    pub struct SpanStream<S> {
        deferred: Deferred,
        active: Waiting,
        #[pin]
        inner: Option<S>,
    }

    impl<S> PinnedDrop for SpanStream<S> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.active.is_some() {
                cancel(this.active, this.inner);
            }
        }
    }
}

/// Runs a stream inside a span that opens when it is first polled.
#[must_use]
pub fn in_span_stream<S: Stream>(opening: Opening, values: OwnedValues, inner: S) -> SpanStream<S> {
    SpanStream {
        deferred: defer(opening, values),
        active: None,
        inner: Some(inner),
    }
}

impl<S: Stream> Stream for SpanStream<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        open(this.deferred, this.active);
        let Some(inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        let Some(mut running) = enter(this.active) else {
            return inner.poll_next(cx);
        };
        let polled = inner.poll_next(cx);
        if matches!(polled, Poll::Ready(None)) {
            this.inner.set(None);
            running.end_with(None);
        } else {
            *this.active = running.leave().map(Opaque::new);
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}

impl<S> fmt::Debug for SpanStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanStream").finish_non_exhaustive()
    }
}
