//! [`SpanFields`]: types whose fields are attributes of a span.

use std::fmt;
use std::sync::Arc;

use super::value::AttributeValue;

/// A type that says which of its fields are attributes of a span: for `#[fields]` on a parameter.
///
/// [Derive](derive@crate::SpanFields) it. By hand, give the keys and as many values, in the same order;
/// values that are missing are not recorded, and those that are too many are dropped.
///
/// ```
/// use tracing_relay::{AttributeValue, FieldValues, SpanFields, traced};
///
/// struct Peer { host: String, port: u16 }
///
/// impl SpanFields for Peer {
///     const KEYS: &'static [&'static str] = &["server.address", "server.port"];
///
///     fn values<'a>(&'a self, out: &mut FieldValues<'a>) {
///         out.push(AttributeValue::Str(&self.host));
///         out.push(AttributeValue::I64(self.port.into()));
///     }
/// }
///
/// #[traced]
/// fn connect(#[fields] peer: &Peer) {}
/// # connect(&Peer { host: String::new(), port: 1 });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which of its fields are recorded",
    label = "`SpanFields` is not implemented for this type",
    note = "put `#[derive(SpanFields)]` on it, and `#[field(\"the.key\")]` on what is recorded",
    note = "record a single value with `#[field]`, and part of a type that is not yours with `fields(key = value.part)`"
)]
pub trait SpanFields {
    /// The keys of the attributes, each once.
    const KEYS: &'static [&'static str];

    /// Adds the values, one for each key; [`AttributeValue::Absent`] where there is none.
    fn values<'a>(&'a self, out: &mut FieldValues<'a>);
}

/// The values of the fields of a span, while they are collected.
#[derive(Clone)]
pub struct FieldValues<'a>(Vec<AttributeValue<'a>>);

impl<'a> FieldValues<'a> {
    /// Adds a value for the next key.
    pub fn push(&mut self, value: AttributeValue<'a>) {
        self.0.push(value);
    }

    /// Adds the values of a part that says itself what is recorded: one for each of its keys.
    pub fn extend<T: SpanFields + ?Sized>(&mut self, part: &'a T) {
        self.part(T::KEYS.len(), |out| part.values(out));
    }

    /// Adds as many values as a part has keys, whatever it adds itself.
    #[doc(hidden)]
    pub fn part(&mut self, keys: usize, values: impl FnOnce(&mut Self)) {
        let end = self.0.len() + keys;
        values(self);
        self.0.resize(end, AttributeValue::Absent);
    }

    /// None yet.
    #[doc(hidden)]
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// With these values.
    #[doc(hidden)]
    #[must_use]
    pub fn and(mut self, values: &[AttributeValue<'a>]) -> Self {
        self.0.extend_from_slice(values);
        self
    }

    /// With those of a part that has this number of keys.
    #[doc(hidden)]
    #[must_use]
    pub fn and_part(mut self, keys: usize, values: impl FnOnce(&mut Self)) -> Self {
        self.part(keys, values);
        self
    }

    /// All of them.
    #[doc(hidden)]
    #[must_use]
    pub fn as_slice(&self) -> &[AttributeValue<'a>] {
        &self.0
    }
}

impl fmt::Debug for FieldValues<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

macro_rules! forward {
    ($($pointer:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: SpanFields + ?Sized> SpanFields for $pointer {
            const KEYS: &'static [&'static str] = T::KEYS;

            fn values<'a>(&'a self, out: &mut FieldValues<'a>) {
                T::values(self, out);
            }
        }
    )+};
}

forward!(&T, &mut T, Box<T>, Arc<T>);

/// `None` has no values.
#[diagnostic::do_not_recommend]
impl<T: SpanFields> SpanFields for Option<T> {
    const KEYS: &'static [&'static str] = T::KEYS;

    fn values<'a>(&'a self, out: &mut FieldValues<'a>) {
        match self {
            Some(part) => part.values(out),
            None => T::KEYS
                .iter()
                .for_each(|_| out.push(AttributeValue::Absent)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AttributeValue, FieldValues, SpanFields};

    struct Counted(usize);

    impl SpanFields for Counted {
        const KEYS: &'static [&'static str] = &["a", "b"];

        fn values<'a>(&'a self, out: &mut FieldValues<'a>) {
            (0..self.0).for_each(|_| out.push(AttributeValue::Bool(true)));
        }
    }

    #[test]
    fn a_wrong_number_of_values_does_not_shift_those_of_others() {
        for (given, expected) in [
            (1, "[true, absent, 1]"),
            (2, "[true, true, 1]"),
            (3, "[true, true, 1]"),
        ] {
            let parameter = Counted(given);
            let mut values = FieldValues::new();
            values.extend(&parameter);
            let values = values.and(&[AttributeValue::I64(1)]);
            assert_eq!(format!("{values:?}"), expected);
        }
    }
}
