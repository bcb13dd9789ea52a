//! [`Value`]: the typed value of an attribute.

use std::fmt;

use opentelemetry::Array;

/// The typed value of an attribute. Made from Rust values by `From`; displayed as
/// [`assert_trace!`](crate::assert_trace) writes it, strings in quotes.
///
/// ```
/// use tracing_relay::testing::Value;
///
/// assert_eq!(Value::from("GET").to_string(), r#""GET""#);
/// assert_eq!(Value::from(3).to_string(), "3");
/// assert_ne!(Value::from("3"), Value::from(3));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// An integer.
    I64(i64),
    /// A floating-point number.
    F64(f64),
    /// A string.
    String(String),
    /// A list whose values have one type.
    Array(Vec<Self>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::I64(value) => write!(f, "{value}"),
            // Debug keeps the point of a whole number, which tells it from an integer.
            Self::F64(value) => write!(f, "{value:?}"),
            Self::String(value) => write!(f, "{value:?}"),
            Self::Array(values) => {
                f.write_str("[")?;
                for (index, value) in values.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    fmt::Display::fmt(value, f)?;
                }
                f.write_str("]")
            }
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}

value_from!(bool => Bool, i64 => I64, i32 => I64, u32 => I64, f64 => F64, &str => String, String => String);

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

/// The value as OpenTelemetry has it, in types of this crate.
pub(super) fn convert(value: opentelemetry::Value) -> Value {
    match value {
        opentelemetry::Value::Bool(value) => value.into(),
        opentelemetry::Value::I64(value) => value.into(),
        opentelemetry::Value::F64(value) => value.into(),
        opentelemetry::Value::String(value) => value.as_str().into(),
        opentelemetry::Value::Array(Array::Bool(values)) => values.into(),
        opentelemetry::Value::Array(Array::I64(values)) => values.into(),
        opentelemetry::Value::Array(Array::F64(values)) => values.into(),
        opentelemetry::Value::Array(Array::String(values)) => values
            .iter()
            .map(opentelemetry::StringValue::as_str)
            .collect::<Vec<_>>()
            .into(),
        // The enums are open; text is what a newer kind of value can still be compared as.
        other => other.to_string().into(),
    }
}
