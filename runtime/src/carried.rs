//! [`Carried`]: the envelope that gives a trace carrier to a type that one does not own.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::carrier::{CarriesTrace, CarriesTraceMut, Extracted, TraceCarrier};
use crate::context::TraceContext;

/// A value in an envelope with a trace carrier: for types of other crates, for enums and tuple
/// structs that must keep their written form, and for what goes through a channel.
///
/// ```
/// use tracing_relay::Carried;
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// sender.send(Carried::new(String::from("resize"))).unwrap();
///
/// let Carried { value, trace } = receiver.recv().unwrap();
/// assert_eq!(value, "resize");
/// assert!(trace.is_none(), "there is no span here");
/// ```
///
/// `Eq`, `Ord` and `Hash` are those of the value: a carrier [never changes them](TraceCarrier).
/// There is no `Deref`: the value is the field `value`.
///
/// # Serde
///
/// Written as `{"value": …, "trace": {…}}`; `trace` is left out when it is empty and is read as
/// leniently as [everywhere](crate::serde_form). The value is not flattened into the envelope: only
/// maps can be, their keys could be the envelope's, and flattening a format without names is not
/// possible. A format that does not describe itself needs a message of its own with
/// `#[carries_trace(wire = "fixed")]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Carried<T> {
    /// What is carried.
    pub value: T,
    /// The trace that the value belongs to.
    pub trace: TraceCarrier,
}

impl<T> Carried<T> {
    /// Captures the current context. Costs what [`TraceCarrier::capture`] does.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self::with_carrier(value, TraceCarrier::capture())
    }

    /// An envelope with this carrier: that of another message, or [none](TraceCarrier::none).
    #[must_use]
    pub const fn with_carrier(value: T, trace: TraceCarrier) -> Self {
        Self { value, trace }
    }

    /// The value without its carrier.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The value and its carrier.
    #[must_use]
    pub fn into_parts(self) -> (T, TraceCarrier) {
        (self.value, self.trace)
    }

    /// Another value with the same carrier.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Carried<U> {
        Carried::with_carrier(change(self.value), self.trace)
    }
}

impl<T> CarriesTrace for Carried<T> {
    fn extract(&self) -> Extracted {
        self.trace.extract()
    }

    #[inline]
    fn is_empty_carrier(&self) -> bool {
        self.trace.is_empty_carrier()
    }
}

impl<T> CarriesTraceMut for Carried<T> {
    fn inject(&mut self, context: &TraceContext) {
        self.trace.inject(context);
    }

    fn erase(&mut self) {
        self.trace.erase();
    }
}

const NAME: &str = "Carried";
const VALUE: &str = "value";
const TRACE: &str = "trace";

impl<T: Serialize> Serialize for Carried<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let traced = !self.trace.is_none();
        let mut fields = serializer.serialize_struct(NAME, 1 + usize::from(traced))?;
        fields.serialize_field(VALUE, &self.value)?;
        if traced {
            fields.serialize_field(TRACE, &self.trace)?;
        } else {
            fields.skip_field(TRACE)?;
        }
        fields.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Carried<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(NAME, &[VALUE, TRACE], CarriedVisitor(PhantomData))
    }
}

struct CarriedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for CarriedVisitor<T> {
    type Value = Carried<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value and its trace carrier")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut value = None;
        let mut trace = None;
        while let Some(key) = map.next_key()? {
            match key {
                Key::Value if value.is_some() => return Err(A::Error::duplicate_field(VALUE)),
                Key::Value => value = Some(map.next_value()?),
                Key::Trace if trace.is_some() => return Err(A::Error::duplicate_field(TRACE)),
                Key::Trace => trace = Some(map.next_value()?),
                Key::Unknown => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let value = value.ok_or_else(|| A::Error::missing_field(VALUE))?;
        Ok(Carried::with_carrier(
            value,
            trace.unwrap_or(TraceCarrier::none()),
        ))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let value = seq
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let trace = seq.next_element()?.unwrap_or(TraceCarrier::none());
        Ok(Carried::with_carrier(value, trace))
    }
}

enum Key {
    Value,
    Trace,
    Unknown,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
                Ok(match name {
                    VALUE => Key::Value,
                    TRACE => Key::Trace,
                    _ => Key::Unknown,
                })
            }

            fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Key, E> {
                self.visit_str(std::str::from_utf8(name).unwrap_or_default())
            }

            fn visit_u64<E: Error>(self, index: u64) -> Result<Key, E> {
                Ok(match index {
                    0 => Key::Value,
                    1 => Key::Trace,
                    _ => Key::Unknown,
                })
            }
        }

        deserializer.deserialize_identifier(KeyVisitor)
    }
}
