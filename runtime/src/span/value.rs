//! Attribute values, independent of any engine.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use tracing::Value;
use tracing::field::DisplayValue;

/// The value of a span attribute while it is being recorded.
#[derive(Clone, Copy)]
pub enum AttributeValue<'a> {
    /// Nothing is recorded.
    Absent,
    /// A truth value.
    Bool(bool),
    /// Any integer that fits.
    I64(i64),
    /// An integer that a convention wants as text.
    Numeral(i64),
    /// A floating-point number.
    F64(f64),
    /// Text.
    Str(&'a str),
    /// Text, by `Display`.
    Display(&'a dyn fmt::Display),
    /// Text, by `Debug`.
    Debug(&'a dyn fmt::Debug),
}

impl fmt::Debug for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Bool(value) => fmt::Debug::fmt(value, f),
            Self::I64(value) | Self::Numeral(value) => fmt::Debug::fmt(value, f),
            Self::F64(value) => fmt::Debug::fmt(value, f),
            Self::Str(value) => fmt::Debug::fmt(value, f),
            Self::Display(value) => shielded(f, |f| fmt::Display::fmt(value, f)),
            Self::Debug(value) => shielded(f, |f| fmt::Debug::fmt(value, f)),
        }
    }
}

/// Lets a value of the program write its text. An implementation that fails or panics spoils its
/// own text and nothing else: the layers of `tracing` would panic in turn, one of them with a lock
/// in its hands.
fn shielded(
    f: &mut fmt::Formatter<'_>,
    write: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    match catch_unwind(AssertUnwindSafe(|| write(f))) {
        Ok(Ok(())) => Ok(()),
        _ => f.write_str("(no text)"),
    }
}

/// As people read it: text without quotes.
impl fmt::Display for AttributeValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(value) => f.write_str(value),
            _ => fmt::Debug::fmt(self, f),
        }
    }
}

/// [`AttributeValue`] in the form that `tracing` records; it borrows from this.
pub(crate) enum Recordable<'a> {
    Absent,
    Bool(bool),
    I64(i64),
    F64(f64),
    Str(&'a str),
    /// What becomes text while it is recorded.
    Text(DisplayValue<AttributeValue<'a>>),
}

impl<'a> From<AttributeValue<'a>> for Recordable<'a> {
    fn from(value: AttributeValue<'a>) -> Self {
        match value {
            AttributeValue::Absent => Self::Absent,
            AttributeValue::Bool(value) => Self::Bool(value),
            AttributeValue::I64(value) => Self::I64(value),
            AttributeValue::F64(value) => Self::F64(value),
            AttributeValue::Str(value) => Self::Str(value),
            AttributeValue::Numeral(_) | AttributeValue::Display(_) | AttributeValue::Debug(_) => {
                Self::text(value)
            }
        }
    }
}

impl<'a> Recordable<'a> {
    /// The value as text, whatever it is.
    pub(crate) fn text(value: AttributeValue<'a>) -> Self {
        match value {
            AttributeValue::Str(text) => Self::Str(text),
            value => Self::Text(tracing::field::display(value)),
        }
    }

    /// The value as the engine writes it.
    #[cfg(feature = "engine")]
    pub(crate) fn as_attribute(&self) -> AttributeValue<'_> {
        match self {
            Self::Absent => AttributeValue::Absent,
            Self::Bool(value) => AttributeValue::Bool(*value),
            Self::I64(value) => AttributeValue::I64(*value),
            Self::F64(value) => AttributeValue::F64(*value),
            Self::Str(value) => AttributeValue::Str(value),
            Self::Text(value) => AttributeValue::Display(value),
        }
    }

    pub(crate) fn as_value(&self) -> Option<&dyn Value> {
        Some(match self {
            Self::Absent => return None,
            Self::Bool(value) => value,
            Self::I64(value) => value,
            Self::F64(value) => value,
            Self::Str(value) => value,
            Self::Text(value) => value,
        })
    }
}

/// A value that outlives the call it was read in: for functions that return their future, whose
/// span starts later.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OwnedValue {
    Absent,
    Bool(bool),
    I64(i64),
    F64(f64),
    Text(String),
}

impl From<AttributeValue<'_>> for OwnedValue {
    fn from(value: AttributeValue<'_>) -> Self {
        match value {
            AttributeValue::Absent => Self::Absent,
            AttributeValue::Bool(value) => Self::Bool(value),
            AttributeValue::I64(value) => Self::I64(value),
            AttributeValue::F64(value) => Self::F64(value),
            AttributeValue::Numeral(_)
            | AttributeValue::Str(_)
            | AttributeValue::Display(_)
            | AttributeValue::Debug(_) => Self::Text(value.to_string()),
        }
    }
}

impl OwnedValue {
    pub(crate) fn borrow(&self) -> AttributeValue<'_> {
        match self {
            Self::Absent => AttributeValue::Absent,
            Self::Bool(value) => AttributeValue::Bool(*value),
            Self::I64(value) => AttributeValue::I64(*value),
            Self::F64(value) => AttributeValue::F64(*value),
            Self::Text(value) => AttributeValue::Str(value),
        }
    }
}

/// A type that a span attribute can have as its value without `%` or `?`.
///
/// Integers that fit into 64 bits with a sign stay integers; larger ones become text. `None` is not
/// recorded. Other types are recorded by `Display`, and those that only have `Debug` need `?`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be recorded as an attribute",
    label = "this type has no attribute value",
    note = "record a part of it, `key = value.id`, or all of it by `Debug`: `key = ?value` or `#[field(?)]`"
)]
pub trait FieldValue {
    /// The value to record.
    fn field_value(&self) -> AttributeValue<'_>;
}

macro_rules! integers {
    ($($small:ty)+ ; $($large:ty)+) => {
        $(impl FieldValue for $small {
            fn field_value(&self) -> AttributeValue<'_> {
                AttributeValue::I64(i64::from(*self))
            }
        })+
        $(impl FieldValue for $large {
            fn field_value(&self) -> AttributeValue<'_> {
                i64::try_from(*self).map_or(AttributeValue::Display(self), AttributeValue::I64)
            }
        })+
    };
}

integers!(i8 i16 i32 i64 u8 u16 u32; isize usize u64 i128 u128);

impl FieldValue for bool {
    fn field_value(&self) -> AttributeValue<'_> {
        AttributeValue::Bool(*self)
    }
}

impl FieldValue for f32 {
    fn field_value(&self) -> AttributeValue<'_> {
        AttributeValue::F64(f64::from(*self))
    }
}

impl FieldValue for f64 {
    fn field_value(&self) -> AttributeValue<'_> {
        AttributeValue::F64(*self)
    }
}

impl FieldValue for str {
    fn field_value(&self) -> AttributeValue<'_> {
        AttributeValue::Str(self)
    }
}

impl FieldValue for String {
    fn field_value(&self) -> AttributeValue<'_> {
        AttributeValue::Str(self)
    }
}

impl FieldValue for Cow<'_, str> {
    fn field_value(&self) -> AttributeValue<'_> {
        AttributeValue::Str(self)
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    fn field_value(&self) -> AttributeValue<'_> {
        self.as_ref().map_or(AttributeValue::Absent, T::field_value)
    }
}

macro_rules! forward {
    ($($pointer:ty),+) => {$(
        impl<T: FieldValue + ?Sized> FieldValue for $pointer {
            fn field_value(&self) -> AttributeValue<'_> {
                (**self).field_value()
            }
        }
    )+};
}

forward!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);
