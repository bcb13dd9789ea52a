//! How an expression is recorded as an attribute.

use std::fmt::{Debug, Display};

use crate::span::{AttributeValue, FieldValue};

/// Asks how a value is recorded: as it is, by `Display`, or not at all. Call `relay_value` on `&&&&`
/// of it.
#[derive(Debug)]
pub struct ValueProbe<'a, T: ?Sized>(pub &'a T);

/// The answers for what can be recorded.
pub trait Recorded<'a> {
    /// The value.
    fn relay_value(&self) -> AttributeValue<'a>;
}

/// First answer: the type is known.
impl<'a, T: FieldValue + ?Sized> Recorded<'a> for &&&ValueProbe<'a, T> {
    #[inline]
    fn relay_value(&self) -> AttributeValue<'a> {
        self.0.field_value()
    }
}

/// Second answer: it has `Display`.
impl<'a, T: Display> Recorded<'a> for &&ValueProbe<'a, T> {
    #[inline]
    fn relay_value(&self) -> AttributeValue<'a> {
        AttributeValue::Display(self.0)
    }
}

/// Third answer: it is absent, or has `Display`.
impl<'a, T: Display> Recorded<'a> for &ValueProbe<'a, Option<T>> {
    #[inline]
    fn relay_value(&self) -> AttributeValue<'a> {
        self.0.as_ref().map_or(AttributeValue::Absent, |value| {
            AttributeValue::Display(value)
        })
    }
}

/// Last answer: a compile error. In a trait of its own, because the compiler points at the value only
/// where a trait asks for something.
pub trait Unrecordable<'a, T: ?Sized> {
    /// No value.
    fn relay_value(&self) -> AttributeValue<'a>
    where
        T: FieldValue;
}

impl<'a, T: ?Sized> Unrecordable<'a, T> for ValueProbe<'a, T> {
    fn relay_value(&self) -> AttributeValue<'a>
    where
        T: FieldValue,
    {
        self.0.field_value()
    }
}

/// `%value`
#[inline]
#[must_use]
pub fn display<T: Display>(value: &T) -> AttributeValue<'_> {
    AttributeValue::Display(value)
}

/// `?value`
#[inline]
#[must_use]
pub fn debug<T: Debug>(value: &T) -> AttributeValue<'_> {
    AttributeValue::Debug(value)
}
