//! Which parameter carries the trace.

use crate::carrier::{CarriesTrace, CarriesTraceMut};
use crate::span::Span;

/// Asks whether a parameter carries a trace.
#[derive(Debug)]
pub struct ParameterProbe<'a, T: ?Sized>(pub &'a T);

impl<'a, T: CarriesTrace + ?Sized> ParameterProbe<'a, T> {
    /// It does.
    #[inline]
    #[must_use]
    pub fn find(&self) -> Found<'a, T> {
        Found(self.0)
    }
}

/// The answer for every other type.
pub trait FindNoCarrier {
    /// It does not.
    #[inline]
    fn find(&self) -> NotFound {
        NotFound
    }
}

impl<T: ?Sized> FindNoCarrier for ParameterProbe<'_, T> {}

/// A parameter that carries.
#[derive(Debug)]
pub struct Found<'a, T: ?Sized>(&'a T);

/// A parameter that does not.
#[derive(Debug)]
pub struct NotFound;

/// The parameters that carry, among those that were asked so far.
#[derive(Debug)]
pub struct Carriers<S>(S);

/// None of them.
#[derive(Debug)]
pub struct NoParameter;

/// One of them.
#[derive(Debug)]
pub struct OneParameter<'a, T: ?Sized>(&'a T);

/// More than one.
#[derive(Debug)]
pub struct SeveralParameters;

impl Carriers<NoParameter> {
    /// Before any parameter was asked.
    #[inline]
    #[must_use]
    pub const fn none() -> Self {
        Self(NoParameter)
    }
}

impl<S> Carriers<S> {
    /// With one more parameter.
    #[inline]
    #[must_use]
    pub fn and<F: CountedAfter<S>>(self, found: F) -> Carriers<F::Now> {
        Carriers(found.count(self.0))
    }
}

/// Counts a parameter after those in `S`.
pub trait CountedAfter<S> {
    /// All of them.
    type Now;
    /// Counts.
    fn count(self, before: S) -> Self::Now;
}

impl<S> CountedAfter<S> for NotFound {
    type Now = S;

    #[inline]
    fn count(self, before: S) -> S {
        before
    }
}

impl<'a, T: ?Sized> CountedAfter<NoParameter> for Found<'a, T> {
    type Now = OneParameter<'a, T>;

    #[inline]
    fn count(self, _: NoParameter) -> OneParameter<'a, T> {
        OneParameter(self.0)
    }
}

impl<T: ?Sized, U: ?Sized> CountedAfter<OneParameter<'_, U>> for Found<'_, T> {
    type Now = SeveralParameters;

    #[inline]
    fn count(self, _: OneParameter<'_, U>) -> SeveralParameters {
        SeveralParameters
    }
}

impl<T: ?Sized> CountedAfter<SeveralParameters> for Found<'_, T> {
    type Now = SeveralParameters;

    #[inline]
    fn count(self, _: SeveralParameters) -> SeveralParameters {
        SeveralParameters
    }
}

/// Holds where a parameter carries.
#[diagnostic::on_unimplemented(
    message = "no parameter of this function carries a trace",
    label = "the span of this function would lose the trace of what called it",
    note = "put `#[carries_trace]` on the type of the message, or take it as `Carried<T>`",
    note = "if the context is somewhere inside a parameter, name it: `carrier = message.trace`",
    note = "if nothing can come in here, say so: `carrier = none`"
)]
pub trait AParameterCarries {}

/// Holds where not more than one parameter carries.
#[diagnostic::on_unimplemented(
    message = "more than one parameter of this function carries a trace",
    label = "which of them is the parent of the span?",
    note = "name the one that is: `carrier = request`"
)]
pub trait OnlyOneParameterCarries {}

impl<T: ?Sized> AParameterCarries for Carriers<OneParameter<'_, T>> {}
#[diagnostic::do_not_recommend]
impl AParameterCarries for Carriers<SeveralParameters> {}
impl<T: ?Sized> OnlyOneParameterCarries for Carriers<OneParameter<'_, T>> {}
#[diagnostic::do_not_recommend]
impl OnlyOneParameterCarries for Carriers<NoParameter> {}

/// The parameter that carries, if there is exactly one; a compile error otherwise.
#[inline]
#[must_use]
pub fn the_only_carrier_is<S>(carriers: Carriers<S>) -> S
where
    Carriers<S>: AParameterCarries + OnlyOneParameterCarries,
{
    carriers.0
}

impl<T: CarriesTrace + ?Sized> CarriesTrace for OneParameter<'_, T> {
    #[inline]
    fn extract(&self) -> crate::carrier::Extracted {
        self.0.extract()
    }
}

/// Asks whether a message can be re-stamped with the context of its handler.
#[derive(Debug)]
pub struct RestampProbe<'a, T: ?Sized>(pub &'a mut T);

impl<T: CarriesTraceMut + ?Sized> RestampProbe<'_, T> {
    /// It can.
    #[inline]
    pub fn restamp(&mut self, span: &Span) {
        span.restamp(self.0);
    }
}

/// The answer for every other parameter.
pub trait LeaveAlone {
    /// It stays as it is.
    #[inline]
    fn restamp(&mut self, _: &Span) {}
}

impl<T: ?Sized> LeaveAlone for RestampProbe<'_, T> {}
