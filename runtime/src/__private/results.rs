//! What a result says about its span.

use std::error::Error;
use std::fmt::Display;

use crate::span::{Failure, SpanOutcome};

/// Asks whether a result is a failure. Call `relay_failure` on `&&&&&&` of it.
#[derive(Debug)]
pub struct OutcomeProbe<'a, R: ?Sized>(pub &'a R);

/// First answer: the type says it itself.
pub trait Named<'a> {
    /// The failure, if it is one.
    fn relay_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, R: SpanOutcome + ?Sized> Named<'a> for &&&&&OutcomeProbe<'a, R> {
    fn relay_failure(&self) -> Option<Failure<'a>> {
        self.0.failure()
    }
}

/// Second answer: an error with sources.
pub trait Erroneous<'a> {
    /// The failure, if it is one.
    fn relay_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, T, E: Error> Erroneous<'a> for &&&&OutcomeProbe<'a, Result<T, E>> {
    fn relay_failure(&self) -> Option<Failure<'a>> {
        let error = self.0.as_ref().err()?;
        Some(Failure::of_type::<E>().with_error(error))
    }
}

/// Third answer: a box around an error, or what looks like one.
pub trait ChainedSend<'a> {
    /// The failure, if it is one.
    fn relay_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, T, E: AsRef<dyn Error + Send + Sync + 'static>> ChainedSend<'a>
    for &&&OutcomeProbe<'a, Result<T, E>>
{
    fn relay_failure(&self) -> Option<Failure<'a>> {
        let error = self.0.as_ref().err()?;
        Some(Failure::of_type::<E>().with_error(error.as_ref()))
    }
}

/// Fourth answer: the same without `Send`.
pub trait Chained<'a> {
    /// The failure, if it is one.
    fn relay_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, T, E: AsRef<dyn Error + 'static>> Chained<'a> for &&OutcomeProbe<'a, Result<T, E>> {
    fn relay_failure(&self) -> Option<Failure<'a>> {
        let error = self.0.as_ref().err()?;
        Some(Failure::of_type::<E>().with_error(error.as_ref()))
    }
}

/// Fifth answer: an error with a message.
pub trait Worded<'a> {
    /// The failure, if it is one.
    fn relay_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, T, E: Display> Worded<'a> for &OutcomeProbe<'a, Result<T, E>> {
    fn relay_failure(&self) -> Option<Failure<'a>> {
        let error = self.0.as_ref().err()?;
        Some(Failure::of_type::<E>().with_message(error))
    }
}

/// Sixth answer: an error without words.
impl<'a, T, E> OutcomeProbe<'a, Result<T, E>> {
    /// The failure, if it is one.
    #[must_use]
    pub fn relay_failure(&self) -> Option<Failure<'a>> {
        self.0.as_ref().err().map(|_| Failure::of_type::<E>())
    }
}

/// Last answer: what is no `Result` does not fail.
pub trait NeverFails<'a> {
    /// Nothing.
    fn relay_failure(&self) -> Option<Failure<'a>> {
        None
    }
}

impl<'a, R: ?Sized> NeverFails<'a> for OutcomeProbe<'a, R> {}

/// Asks for the value in a result, for `on_ok`.
#[derive(Debug)]
pub struct ResultProbe<'a, R: ?Sized>(pub &'a R);

impl<'a, T, E> ResultProbe<'a, Result<T, E>> {
    /// The value.
    #[must_use]
    pub fn relay_ok(&self) -> Option<&'a T> {
        self.0.as_ref().ok()
    }
}

/// The answer for what is no `Result`.
pub trait WholeResult<'a, R: ?Sized + 'a> {
    /// The result is the value.
    fn relay_ok(&self) -> Option<&'a R>;
}

impl<'a, R: ?Sized> WholeResult<'a, R> for ResultProbe<'a, R> {
    fn relay_ok(&self) -> Option<&'a R> {
        Some(self.0)
    }
}

/// Asks for the error in a result, for `on_err`.
#[diagnostic::on_unimplemented(
    message = "`on_err` needs a function that returns a `Result`",
    label = "this function returns `{Self}`",
    note = "remove `on_err(...)`, or return `Result<_, _>`"
)]
pub trait ReturnsAResult {
    /// What it has in `Err`.
    type Error;
    /// The error.
    fn err(&self) -> Option<&Self::Error>;
}

#[diagnostic::do_not_recommend]
impl<T, E> ReturnsAResult for Result<T, E> {
    type Error = E;

    fn err(&self) -> Option<&E> {
        self.as_ref().err()
    }
}

/// A result as it is: a call that the compiler can point at where `on_err` is written.
#[inline]
pub const fn whole<R: ?Sized>(result: &R) -> &R {
    result
}

/// Asks whether a plain function returns a future in disguise.
#[derive(Debug)]
pub struct ReturnProbe<'a, R: ?Sized>(pub &'a R);

impl<R: Future + ?Sized> ReturnProbe<'_, R> {
    /// It does, which is a compile error.
    #[inline]
    #[must_use]
    pub fn relay_answer(&self) -> AFuture {
        AFuture
    }
}

/// The answer for every other type.
pub trait PlainReturn {
    /// It does not.
    #[inline]
    fn relay_answer(&self) -> AValue {
        AValue
    }
}

impl<R: ?Sized> PlainReturn for ReturnProbe<'_, R> {}

/// What is to be polled later.
#[derive(Debug)]
pub struct AFuture;

/// What is there when the function returns.
#[derive(Debug)]
pub struct AValue;

/// Holds for no future.
#[diagnostic::on_unimplemented(
    message = "this function returns a future under the name of another type",
    label = "the span would end before this future is polled",
    note = "make it an `async fn`, or write the type out: `impl Future<Output = T>` or `Pin<Box<dyn Future<Output = T> + Send>>`",
    note = "a handle to work that is not this function's own, like the receiver of a reply, is returned inside a tuple or a struct",
    note = "in a block with `#[traced]`, `#[traced(skip)]` on the method leaves it out"
)]
pub trait IsThereOnReturn: Sized {
    /// Nothing.
    #[inline]
    fn check(self) {}
}

#[diagnostic::do_not_recommend]
impl IsThereOnReturn for AValue {}

/// Fixes the output of a future, so that what looks at the output knows its type.
#[inline]
pub fn output_is<T, F: Future<Output = T>>(future: F) -> F {
    future
}
