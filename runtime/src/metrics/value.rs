//! [`Value`]: the value of an attribute of a metric.

use std::fmt;

use opentelemetry::KeyValue;

use crate::span::AttributeValue;

/// The value of an attribute of a metric: of which there are few, because each set of them is a series of its own.
///
/// Text that is `'static` is not copied. Integers that do not fit into 64 bits with a sign become text.
#[derive(Clone, PartialEq)]
pub struct Value(opentelemetry::Value);

impl Value {
    pub(crate) fn under(self, key: &'static str) -> KeyValue {
        KeyValue::new(key, self.0)
    }

    /// What was recorded on a span; `None` where nothing was.
    pub(super) fn of(value: &AttributeValue<'_>) -> Option<Self> {
        Some(match value {
            AttributeValue::Absent => return None,
            AttributeValue::Bool(value) => (*value).into(),
            AttributeValue::I64(value) => (*value).into(),
            AttributeValue::F64(value) => (*value).into(),
            AttributeValue::Numeral(_)
            | AttributeValue::Str(_)
            | AttributeValue::Display(_)
            | AttributeValue::Debug(_) => value.to_string().into(),
        })
    }
}

/// As people read it: text without quotes.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_str())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            opentelemetry::Value::String(text) => fmt::Debug::fmt(text.as_str(), f),
            other => f.write_str(&other.as_str()),
        }
    }
}

macro_rules! from {
    ($($of:ty),+) => {$(
        impl From<$of> for Value {
            fn from(value: $of) -> Self {
                Self(value.into())
            }
        }
    )+};
}

from!(bool, i64, f64, &'static str, String);

macro_rules! integers {
    ($($small:ty)+ ; $($large:ty)+) => {
        $(impl From<$small> for Value {
            fn from(value: $small) -> Self {
                i64::from(value).into()
            }
        })+
        $(impl From<$large> for Value {
            fn from(value: $large) -> Self {
                i64::try_from(value).map_or_else(|_| value.to_string().into(), Self::from)
            }
        })+
    };
}

integers!(i8 i16 i32 u8 u16 u32; isize usize u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_type_that_the_conventions_want() {
        let shown = [
            Value::from("a"),
            Value::from("a".to_owned()),
            Value::from(7_u16),
            Value::from(u64::MAX),
            Value::from(true),
            Value::from(0.5),
        ]
        .map(|value| format!("{value:?}"));
        let wanted = [
            "\"a\"",
            "\"a\"",
            "7",
            "\"18446744073709551615\"",
            "true",
            "0.5",
        ];
        assert_eq!(shown, wanted);
        assert_eq!(Value::of(&AttributeValue::Absent), None);
        assert_eq!(
            Value::of(&AttributeValue::Numeral(5)),
            Some("5".to_owned().into())
        );
    }
}
