//! The types that semantic conventions want.

use std::rc::Rc;
use std::sync::Arc;

use crate::span::{AttributeValue, FieldValue};

/// A value that is an integer, where the conventions want nothing else.
#[diagnostic::on_unimplemented(
    message = "the conventions want an integer for this attribute, and `{Self}` is not one",
    label = "this has to be an integer",
    note = "write an expression that is an integer, like `status.as_u16()` or `text.len()`"
)]
pub trait IntegerValue: FieldValue {}

macro_rules! integers {
    ($($integer:ty)+) => {$(
        #[diagnostic::do_not_recommend]
        impl IntegerValue for $integer {}
    )+};
}

integers!(i8 i16 i32 i64 u8 u16 u32 isize usize u64 i128 u128);

#[diagnostic::do_not_recommend]
impl<T: IntegerValue> IntegerValue for Option<T> {}

macro_rules! forward {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: IntegerValue + ?Sized> IntegerValue for $pointer {}
    )+};
}

forward!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

/// The value of an attribute that is an integer.
#[inline]
#[must_use]
pub fn integer<T: IntegerValue + ?Sized>(value: &T) -> AttributeValue<'_> {
    value.field_value()
}

/// The value as text, where the conventions want text.
#[inline]
#[must_use]
pub fn as_text(value: AttributeValue<'_>) -> AttributeValue<'_> {
    match value {
        AttributeValue::I64(number) => AttributeValue::Numeral(number),
        AttributeValue::Bool(truth) => AttributeValue::Str(if truth { "true" } else { "false" }),
        other => other,
    }
}
