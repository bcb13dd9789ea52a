//! The drivers: they make a span current while the body of its function runs, and end it.
//!
//! Each of them tells four endings apart. The body returned: the result says whether it failed. It
//! unwound: a guard that lives as long as the call or the poll saw no return. The future was
//! dropped before it was ready: cancelled. What was dropped is dropped inside the span.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::active::{Active, Span};
use super::opening::{Opening, OwnedValues};
use super::running::{Finish, Running};

/// Tells a span of a result: a function and no closure, one for each type of result and not one for
/// each annotated function.
pub(crate) type Told<R> = fn(&mut Finish<'_>, &R);

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

/// Ends a span whose future or stream is dropped, and drops that inside.
#[inline(never)]
fn cancel<F>(active: &mut Option<Box<Active>>, mut inner: Pin<&mut Option<F>>) {
    let mut running = active.take().map(Running::enter);
    inner.set(None);
    if let Some(running) = &mut running {
        running.cancel();
    }
}

pin_project! {
    /// A future inside its span. What it costs where there is no span is one comparison a poll.
    pub struct SpanFuture<F, H> {
        active: Option<Box<Active>>,
        #[pin]
        inner: Option<F>,
        finish: Option<H>,
    }

    impl<F, H> PinnedDrop for SpanFuture<F, H> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.active.is_some() {
                cancel(this.active, this.inner);
            }
        }
    }
}

/// Runs a future inside a span that is open.
#[inline]
pub fn in_span_async<F: Future>(span: Span, inner: F, finish: Told<F::Output>) -> ToldFuture<F> {
    ToldFuture {
        future: in_span_async_with(span, inner, finish),
    }
}

/// The same with a closure that takes the result.
#[inline]
pub fn in_span_async_with<F, H>(span: Span, inner: F, finish: H) -> SpanFuture<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    SpanFuture {
        active: span.0,
        inner: Some(inner),
        finish: Some(finish),
    }
}

const POLLED_AGAIN: &str = "an annotated future was polled after it was ready";

impl<F, H> Future for SpanFuture<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.as_mut().project();
        if this.active.is_none() {
            return this.inner.as_pin_mut().expect(POLLED_AGAIN).poll(cx);
        }
        self.poll_in_span(cx)
    }
}

impl<F, H> SpanFuture<F, H>
where
    F: Future,
    H: FnOnce(&mut Finish<'_>, &F::Output),
{
    #[inline(never)]
    fn poll_in_span(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let mut running = this.active.take().map(Running::enter);
        let inner = this.inner.as_mut().as_pin_mut().expect(POLLED_AGAIN);
        let polled = inner.poll(cx);
        if let Some(running) = &mut running {
            if let Poll::Ready(result) = &polled {
                this.inner.set(None);
                running.end(this.finish.take(), result);
            } else {
                *this.active = running.leave();
            }
        }
        polled
    }
}

impl<F, H> fmt::Debug for SpanFuture<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpanFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// A [`SpanFuture`] with a function that takes the result. The type says less, and the compiler has
    /// less to check of each function.
    pub struct ToldFuture<F: Future> {
        #[pin]
        future: SpanFuture<F, Told<F::Output>>,
    }
}

impl<F: Future> Future for ToldFuture<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}

impl<F: Future> fmt::Debug for ToldFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToldFuture").finish_non_exhaustive()
    }
}

/// A span that opens at the first poll, with the values of its fields.
type Deferred = Option<Box<(Opening, OwnedValues)>>;

fn defer(opening: Opening, values: OwnedValues) -> Deferred {
    (!opening.is_empty()).then(|| Box::new((opening, values)))
}

fn open(deferred: &mut Deferred, active: &mut Option<Box<Active>>) {
    if let Some(deferred) = deferred.take() {
        let (opening, values) = *deferred;
        *active = opening.open_owned(&values).0;
    }
}

pin_project! {
    /// A [`SpanFuture`] whose span opens when it is first polled.
    pub struct DeferredFuture<F, H> {
        deferred: Deferred,
        #[pin]
        future: SpanFuture<F, H>,
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
        future: in_span_async_with(Span(None), inner, finish),
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
        open(this.deferred, this.future.as_mut().project().active);
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
        active: Option<Box<Active>>,
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
        let Some(active) = this.active.take() else {
            return inner.poll_next(cx);
        };
        let mut running = Running::enter(active);
        let polled = inner.poll_next(cx);
        if matches!(polled, Poll::Ready(None)) {
            this.inner.set(None);
            running.end_with(None);
        } else {
            *this.active = running.leave();
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
