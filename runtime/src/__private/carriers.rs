//! Which parameter carries the trace.

use crate::carrier::{CarriesTrace, CarriesTraceMut, Extracted};
use crate::span::{Opening, Span};

/// Asks whether a parameter brings a trace along.
#[derive(Debug)]
pub struct ParameterProbe<'a, T: ?Sized>(pub &'a T);

impl<'a, T: CarriesTrace + ?Sized> ParameterProbe<'a, T> {
    /// It does.
    #[inline]
    #[must_use]
    pub fn relay_find(&self) -> Found<&'a T> {
        Found(self.0)
    }
}

/// The answer for every other type.
pub trait FindNoCarrier {
    /// It does not.
    #[inline]
    fn relay_find(&self) -> NotFound {
        NotFound
    }
}

impl<T: ?Sized> FindNoCarrier for ParameterProbe<'_, T> {}

/// Asks whether a parameter is a carrier that goes out.
#[derive(Debug)]
pub struct OutgoingProbe<'a, T: ?Sized>(pub &'a mut T);

impl<'a, T: CarriesTrace + ?Sized> OutgoingProbe<'a, T> {
    /// It is a carrier; whether it can be written is asked when it is.
    #[inline]
    #[must_use]
    pub fn relay_find(self) -> Found<&'a mut T> {
        Found(self.0)
    }
}

/// The answer for every other type.
pub trait FindNoOutgoingCarrier: Sized {
    /// It is not.
    #[inline]
    fn relay_find(self) -> NotFound {
        NotFound
    }
}

impl<T: ?Sized> FindNoOutgoingCarrier for OutgoingProbe<'_, T> {}

/// A parameter that carries, as a reference to it.
#[derive(Debug)]
pub struct Found<P>(P);

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
pub struct OneParameter<P>(P);

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

impl<P> CountedAfter<NoParameter> for Found<P> {
    type Now = OneParameter<P>;

    #[inline]
    fn count(self, _: NoParameter) -> OneParameter<P> {
        OneParameter(self.0)
    }
}

impl<P, Q> CountedAfter<OneParameter<Q>> for Found<P> {
    type Now = SeveralParameters;

    #[inline]
    fn count(self, _: OneParameter<Q>) -> SeveralParameters {
        SeveralParameters
    }
}

impl<P> CountedAfter<SeveralParameters> for Found<P> {
    type Now = SeveralParameters;

    #[inline]
    fn count(self, _: SeveralParameters) -> SeveralParameters {
        SeveralParameters
    }
}

// The three assertions are methods that generated code calls by path, on `Carriers` that went
// through all of them: so the compiler says neither where the bound was written nor which types
// would fulfil it, and each mistake is reported once.

/// Holds where a parameter brings the trace.
#[diagnostic::on_unimplemented(
    message = "no parameter of this function carries a trace",
    label = "the span would lose the trace of what called this function",
    note = "put `#[carries_trace]` on the type of the message, bound a type parameter by `T: CarriesTrace`, or take `Carried<T>`",
    note = "if the context is somewhere inside a parameter, name it: `carrier = message.trace`",
    note = "if nothing can come in here, say so: `carrier = none`"
)]
#[cfg_attr(
    not(feature = "http"),
    diagnostic::on_unimplemented(
        note = "HTTP headers and requests carry with the feature `http` of `tracing-relay`"
    )
)]
pub trait AParameterCarries: Sized {
    /// The parameters as they are.
    #[inline]
    #[must_use]
    fn one_comes_in(self) -> Self {
        self
    }
}

/// Holds where a parameter takes the trace along.
#[diagnostic::on_unimplemented(
    message = "no parameter of this function can take the trace along",
    label = "what this function sends would lose its trace",
    note = "put `#[carries_trace]` on the type of the message, bound a type parameter by `T: CarriesTraceMut`, or take `Carried<T>`",
    note = "if the carrier is somewhere inside a parameter, name it: `carrier = request.headers`",
    note = "if the message is built inside, where it captures the context by itself, say so: `carrier = none`"
)]
#[cfg_attr(
    not(feature = "http"),
    diagnostic::on_unimplemented(
        note = "HTTP headers and requests carry with the feature `http` of `tracing-relay`"
    )
)]
pub trait AParameterCanCarry: Sized {
    /// The parameters as they are.
    #[inline]
    #[must_use]
    fn one_goes_out(self) -> Self {
        self
    }
}

/// Holds where not more than one parameter carries.
#[diagnostic::on_unimplemented(
    message = "more than one parameter of this function carries a trace",
    label = "which of them is the carrier of this span?",
    note = "name the one that is: `carrier = request`"
)]
pub trait OnlyOneParameterCarries: Sized {
    /// The parameters as they are.
    #[inline]
    #[must_use]
    fn no_other(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<P> AParameterCarries for Carriers<OneParameter<P>> {}
#[diagnostic::do_not_recommend]
impl AParameterCarries for Carriers<SeveralParameters> {}
#[diagnostic::do_not_recommend]
impl<P> AParameterCanCarry for Carriers<OneParameter<P>> {}
#[diagnostic::do_not_recommend]
impl AParameterCanCarry for Carriers<SeveralParameters> {}
#[diagnostic::do_not_recommend]
impl<P> OnlyOneParameterCarries for Carriers<OneParameter<P>> {}
#[diagnostic::do_not_recommend]
impl OnlyOneParameterCarries for Carriers<NoParameter> {}

#[diagnostic::do_not_recommend]
impl<T: CarriesTrace + ?Sized> CarriesTrace for Carriers<OneParameter<&T>> {
    #[inline]
    fn extract(&self) -> Extracted {
        self.0.0.extract()
    }

    #[inline]
    fn is_empty_carrier(&self) -> bool {
        self.0.0.is_empty_carrier()
    }
}

/// Behind an assertion that fails, so that nothing else fails.
#[diagnostic::do_not_recommend]
impl CarriesTrace for Carriers<NoParameter> {
    fn extract(&self) -> Extracted {
        Extracted::absent()
    }
}

/// Behind an assertion that fails, so that nothing else fails.
#[diagnostic::do_not_recommend]
impl CarriesTrace for Carriers<SeveralParameters> {
    fn extract(&self) -> Extracted {
        Extracted::absent()
    }
}

/// Writes the context of the span into the parameter that takes it along.
pub trait Outgoing {
    /// Writes.
    fn send(self, span: &Span);
}

impl<T: CarriesTraceMut + ?Sized> Outgoing for Carriers<OneParameter<&mut T>> {
    #[inline]
    fn send(self, span: &Span) {
        span.send(self.0.0);
    }
}

/// Behind an assertion that fails, so that nothing else fails.
impl Outgoing for Carriers<NoParameter> {
    fn send(self, _: &Span) {}
}

/// Behind an assertion that fails, so that nothing else fails.
impl Outgoing for Carriers<SeveralParameters> {
    fn send(self, _: &Span) {}
}

/// Asks whether a message can be re-stamped with the context of its handler.
#[derive(Debug)]
pub struct RestampProbe<'a, T: ?Sized>(pub &'a mut T);

impl<T: CarriesTraceMut + ?Sized> RestampProbe<'_, T> {
    /// It can.
    #[inline]
    pub fn relay_restamp(&mut self, span: &Span) {
        span.restamp(self.0);
    }

    /// Takes out what is not trusted, of a message that is given away before the span opens.
    #[inline]
    pub fn relay_distrust(&mut self, opening: &Opening) {
        if opening.is_untrusted() {
            self.0.erase();
        }
    }
}

/// The answer for every other parameter.
pub trait LeaveAlone {
    /// It stays as it is.
    #[inline]
    fn relay_restamp(&mut self, _: &Span) {}

    /// It stays as it is.
    #[inline]
    fn relay_distrust(&mut self, _: &Opening) {}
}

impl<T: ?Sized> LeaveAlone for RestampProbe<'_, T> {}
