//! Reads a map of header values out of whatever a message holds, and never rejects the message for
//! what it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use crate::carrier::{Extracted, InvalidCarrier, Slot, TraceCarrier};

/// A key of the map and the header that its value stands for.
pub(super) type Names<const N: usize> = [(&'static str, &'static str); N];

/// The values that were found, one a name. The first is the one without which there is no context.
pub(super) struct Headers<'de, const N: usize> {
    names: Names<N>,
    values: [Option<Cow<'de, str>>; N],
}

impl<const N: usize> Headers<'_, N> {
    /// The value of the first name, where there is no other.
    pub(super) fn only_first(&self) -> Option<&[u8]> {
        let (first, others) = self.values.split_first()?;
        let first = first.as_deref()?;
        others
            .iter()
            .all(Option::is_none)
            .then_some(first.as_bytes())
    }

    /// The value of a header.
    pub(super) fn line(&self, header: &str) -> Option<&[u8]> {
        let position = self.names.iter().position(|(_, name)| *name == header)?;
        self.values[position].as_deref().map(str::as_bytes)
    }
}

/// The headers, or what a carrier that is no map amounts to.
pub(super) type Found<'de, const N: usize> = Result<Headers<'de, N>, Extracted>;

/// Reads headers. The error is that of the format; what is wrong with the carrier is in the value.
pub(super) fn headers<'de, D: Deserializer<'de>, const N: usize>(
    deserializer: D,
    names: Names<N>,
) -> Result<Found<'de, N>, D::Error> {
    deserializer.deserialize_any(CarrierVisitor { names })
}

/// The carrier with what was found. Baggage without a context is not kept: there is no trace that it
/// could travel with.
pub(super) fn carrier(found: Extracted) -> TraceCarrier {
    TraceCarrier(match found.into_parts().0 {
        Ok(Some(context)) => Slot::Context(context),
        Ok(None) => Slot::Empty,
        Err(reason) => Slot::Invalid(reason),
    })
}

struct CarrierVisitor<const N: usize> {
    names: Names<N>,
}

/// A scalar is swallowed, and anything longer is read to its end.
macro_rules! swallow {
    ($answer:expr) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_i128<E: Error>(self, _: i128) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_u128<E: Error>(self, _: u128) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Self::Value, E> {
            Ok($answer)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            IgnoredAny.visit_seq(seq)?;
            Ok($answer)
        }

        fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Self::Value, A::Error> {
            IgnoredAny.visit_enum(data)?;
            Ok($answer)
        }
    };
}

impl<'de, const N: usize> Visitor<'de> for CarrierVisitor<N> {
    type Value = Found<'de, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with the headers of a trace context")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = [const { None }; N];
        let mut invalid = None;
        while let Some(key) = map.next_key_seed(ScalarSeed)? {
            let position = match &key {
                Scalar::Text(key) => self.names.iter().position(|(name, _)| name == key),
                Scalar::Null | Scalar::Other => None,
            };
            let Some(position) = position else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            // Only the first key can make the whole invalid; the others are dropped alone.
            let mut report = |reason| {
                if position == 0 {
                    invalid.get_or_insert(reason);
                }
            };
            match map.next_value_seed(ScalarSeed)? {
                Scalar::Text(_) if values[position].is_some() => {
                    report(InvalidCarrier::SEVERAL_HEADERS);
                }
                Scalar::Text(text) => values[position] = Some(text),
                Scalar::Null => {}
                Scalar::Other => report(InvalidCarrier::WRONG_TYPE),
            }
        }
        Ok(match invalid {
            Some(reason) => Err(Extracted::invalid(reason)),
            None => Ok(Headers {
                names: self.names,
                values,
            }),
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Err(Extracted::absent()))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Err(if text.is_empty() {
            Extracted::absent()
        } else {
            wrong_type()
        }))
    }

    swallow!(Err(wrong_type()));
}

fn wrong_type() -> Extracted {
    Extracted::invalid(InvalidCarrier::WRONG_TYPE)
}

/// A key or a value of the map.
enum Scalar<'de> {
    Null,
    Text(Cow<'de, str>),
    Other,
}

struct ScalarSeed;

impl<'de> DeserializeSeed<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ScalarSeed {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text of a header")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        IgnoredAny.visit_map(map)?;
        Ok(Scalar::Other)
    }

    swallow!(Scalar::Other);
}
