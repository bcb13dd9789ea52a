//! What the expansions of the message attributes use.

use std::marker::PhantomData;

use serde::Serialize;

use crate::carrier::CarriesTraceMut;

/// [`CarriesTraceMut`] with a lifetime that means nothing. A bound on it that holds for every
/// lifetime is not evaluated where it is written, only where it is needed: a derived implementation
/// can be under a bound that is false for its field.
pub trait CarrierCanBeWritten<'a>: CarriesTraceMut {}

impl<T: CarriesTraceMut + ?Sized> CarrierCanBeWritten<'_> for T {}

/// Asks whether `T` is [`Serialize`]: the inherent `answer` of the types that are hides that of
/// [`NotSerialize`], which all types have.
#[derive(Debug)]
pub struct SerializeProbe<T>(PhantomData<T>);

impl<T> SerializeProbe<T> {
    /// A probe.
    pub const NEW: Self = Self(PhantomData);
}

impl<T: Serialize> SerializeProbe<T> {
    /// It is.
    #[must_use]
    pub const fn answer(self) -> IsSerialize {
        IsSerialize
    }
}

/// The answer that is left for other types.
pub trait NotSerialize: Sized {
    /// It is not.
    fn answer(self) -> IsNotSerialize {
        IsNotSerialize
    }
}

impl<T> NotSerialize for SerializeProbe<T> {}

/// The type is `Serialize`.
#[derive(Debug)]
pub struct IsSerialize;

/// The type is not `Serialize`.
#[derive(Debug)]
pub struct IsNotSerialize;

/// No derive above the attribute writes the message without its carrier.
#[diagnostic::on_unimplemented(
    message = "`Serialize` is derived above `#[carries_trace]` and writes the message without its carrier",
    label = "move this attribute above the derive",
    note = "if `Serialize` is implemented by hand, write `#[carries_trace(serde = false)]`"
)]
pub trait SerializeSeesTheCarrier {}

impl SerializeSeesTheCarrier for IsNotSerialize {}

/// Accepts the answer of a [`SerializeProbe`] if it is the right one.
pub fn derives_see_the_carrier<T: SerializeSeesTheCarrier>(_: T) {}
