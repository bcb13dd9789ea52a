//! What a result says about its span.

use std::error::Error;
use std::fmt::Display;
use std::marker::PhantomData;

use crate::span::{Failure, Finish, SpanOutcome, Told};

/// Asks how a span is told of a failure: by the type of the result, before there is one.
#[derive(Debug)]
pub struct OutcomeProbe<R>(PhantomData<fn() -> R>);

impl<R> Clone for OutcomeProbe<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for OutcomeProbe<R> {}

/// The probe under all its references, for a type that can be written out. Call `relay_finish` on it.
#[inline]
#[must_use]
pub const fn outcome_probe<'a, R: 'a>() -> &'a &'a &'a &'a &'a &'a OutcomeProbe<R> {
    &&&&&&OutcomeProbe(PhantomData)
}

/// The same for the type of this value.
#[inline]
#[must_use]
pub const fn outcome_probe_of<'a, R: 'a>(_: &R) -> &'a &'a &'a &'a &'a &'a OutcomeProbe<R> {
    outcome_probe()
}

/// The answers. They are one trait, and not one for each: the compiler looks for the method in all
/// traits that are imported, once for each of the references.
pub trait Outcome {
    /// The type of the result.
    type Result;
    /// How the span is told. It takes no reference, so that none is kept while the body is awaited.
    fn relay_finish(self) -> Told<Self::Result>;
}

/// First answer: the type says it itself.
impl<R: SpanOutcome> Outcome for &&&&&&OutcomeProbe<R> {
    type Result = R;

    #[inline]
    fn relay_finish(self) -> Told<R> {
        |finish, result| {
            if let Some(failure) = result.failure() {
                finish.failure(&failure);
            }
        }
    }
}

/// Second answer: an error with sources.
impl<T, E: Error> Outcome for &&&&&OutcomeProbe<Result<T, E>> {
    type Result = Result<T, E>;

    #[inline]
    fn relay_finish(self) -> Told<Self::Result> {
        |finish, result| {
            if let Err(error) = result {
                finish.failure(&Failure::of_type::<E>().with_error(error));
            }
        }
    }
}

/// Third answer: a box around an error, or what looks like one.
impl<T, E: AsRef<dyn Error + Send + Sync + 'static>> Outcome for &&&&OutcomeProbe<Result<T, E>> {
    type Result = Result<T, E>;

    #[inline]
    fn relay_finish(self) -> Told<Self::Result> {
        |finish, result| {
            if let Err(error) = result {
                finish.failure(&Failure::of_type::<E>().with_error(error.as_ref()));
            }
        }
    }
}

/// Fourth answer: the same without `Send`.
impl<T, E: AsRef<dyn Error + 'static>> Outcome for &&&OutcomeProbe<Result<T, E>> {
    type Result = Result<T, E>;

    #[inline]
    fn relay_finish(self) -> Told<Self::Result> {
        |finish, result| {
            if let Err(error) = result {
                finish.failure(&Failure::of_type::<E>().with_error(error.as_ref()));
            }
        }
    }
}

/// Fifth answer: an error with a message.
impl<T, E: Display> Outcome for &&OutcomeProbe<Result<T, E>> {
    type Result = Result<T, E>;

    #[inline]
    fn relay_finish(self) -> Told<Self::Result> {
        |finish, result| {
            if let Err(error) = result {
                finish.failure(&Failure::of_type::<E>().with_message(error));
            }
        }
    }
}

/// Sixth answer: an error without words.
impl<T, E> Outcome for &OutcomeProbe<Result<T, E>> {
    type Result = Result<T, E>;

    #[inline]
    fn relay_finish(self) -> Told<Self::Result> {
        |finish, result| {
            if result.is_err() {
                finish.failure(&Failure::of_type::<E>());
            }
        }
    }
}

/// Last answer: what is no `Result` does not fail.
impl<R> Outcome for OutcomeProbe<R> {
    type Result = R;

    #[inline]
    fn relay_finish(self) -> Told<R> {
        never_fails
    }
}

/// Tells a span of a result that cannot be a failure.
pub fn never_fails<R>(_: &mut Finish<'_>, _: &R) {}

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
pub struct ReturnProbe<R>(PhantomData<fn() -> R>);

impl<R> ReturnProbe<R> {
    /// For a type that can be written out.
    pub const NEW: Self = Self(PhantomData);

    /// For the type of this value.
    #[must_use]
    pub const fn of(_: &R) -> Self {
        Self::NEW
    }
}

impl<R: Future> ReturnProbe<R> {
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

impl<R> PlainReturn for ReturnProbe<R> {}

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

/// A value of any type, behind `if false`: it tells the compiler the type of an async block.
#[must_use]
pub fn any_value<T>() -> T {
    unreachable!("generated code does not run this")
}
