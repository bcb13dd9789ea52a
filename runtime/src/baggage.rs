//! [`Baggage`]: the application's key-value pairs that travel with a trace.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::str::FromStr;
use std::sync::Arc;

use crate::wire::baggage as wire;

/// Key-value pairs of the application that travel with a trace, as
/// [W3C Baggage](https://www.w3.org/TR/baggage/) defines them.
///
/// A value of this type is immutable and always fit to be sent: keys are tokens, values are what
/// percent-encoding can carry (any text), and there are at most [64 entries](Self::MAX_ENTRIES) in
/// [8192 bytes](Self::MAX_BYTES), which every platform must propagate. Changing it makes a new one;
/// cloning raises a reference count.
///
/// What was received is sent on as it was received, byte for byte but for optional whitespace: another
/// choice of what to percent-encode, properties and repeated keys survive.
///
/// Baggage goes to everybody that the trace goes to. Do not put into it what they may not see.
///
/// ```
/// use tracing_relay::Baggage;
///
/// let received: Baggage = "userId=alice,node=DF%2028;ttl=3".parse()?;
/// assert_eq!(received.get("node"), Some("DF 28"));
///
/// let sent = received.with("userId", "Amélie")?;
/// assert_eq!(sent.to_string(), "userId=Am%C3%A9lie,node=DF%2028;ttl=3");
/// # Ok::<(), tracing_relay::baggage::BaggageError>(())
/// ```
// Never `Some` of nothing, so that `is_empty` is one comparison.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Baggage(Option<Arc<[BaggageEntry]>>);

impl Baggage {
    /// The most entries that baggage can have: as many as
    /// [every platform must propagate](https://www.w3.org/TR/baggage/#limits).
    pub const MAX_ENTRIES: usize = 64;
    /// The most bytes that the header form can have: as many as
    /// [every platform must propagate](https://www.w3.org/TR/baggage/#limits).
    pub const MAX_BYTES: usize = 8192;

    /// Empty baggage. Nothing is allocated.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Baggage of entries that were checked against the limits.
    pub(crate) fn from_checked(entries: Vec<BaggageEntry>) -> Self {
        Self((!entries.is_empty()).then(|| entries.into()))
    }

    /// Whether there are no entries.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// The value with this key. Keys are compared with their case.
    ///
    /// When the key was received more than once, the last one counts, as in OpenTelemetry, where a
    /// later entry replaces an earlier one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries()
            .iter()
            .rfind(|entry| entry.key() == key)
            .map(BaggageEntry::value)
    }

    /// Keys and values in order, repeated keys included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries()
            .iter()
            .map(|entry| (entry.key(), entry.value()))
    }

    /// The entries in order, with their properties.
    #[must_use]
    pub fn entries(&self) -> &[BaggageEntry] {
        self.0.as_deref().unwrap_or_default()
    }

    /// This baggage with one more entry, or with another value in the place of the old one.
    ///
    /// # Errors
    ///
    /// The key is not a token, or the result would be beyond the limits.
    pub fn with(&self, key: &str, value: &str) -> Result<Self, BaggageError> {
        self.with_entry(BaggageEntry::new(key, value)?)
    }

    /// [`with`](Self::with) for an entry that has properties.
    ///
    /// # Errors
    ///
    /// The result would be beyond the limits.
    pub fn with_entry(&self, entry: BaggageEntry) -> Result<Self, BaggageError> {
        let others = |old: &&BaggageEntry| old.key() != entry.key();
        // In the place of the first entry with this key; nothing before it is removed.
        let place = self.entries().iter().take_while(others).count();
        let mut entries: Vec<_> = self.entries().iter().filter(others).cloned().collect();
        entries.insert(place, entry);
        check_limits(&entries)?;
        Ok(Self::from_checked(entries))
    }

    /// This baggage without the entries of this key.
    #[must_use]
    pub fn without(&self, key: &str) -> Self {
        if self.get(key).is_none() {
            return self.clone();
        }
        let kept = self.entries().iter().filter(|entry| entry.key() != key);
        Self::from_checked(kept.cloned().collect())
    }
}

fn check_limits(entries: &[BaggageEntry]) -> Result<(), BaggageError> {
    if entries.len() > Baggage::MAX_ENTRIES {
        return Err(BaggageError::TooManyEntries);
    }
    let commas = entries.len().saturating_sub(1);
    let bytes: usize = entries.iter().map(|entry| entry.text.len()).sum();
    if bytes + commas > Baggage::MAX_BYTES {
        return Err(BaggageError::TooLong);
    }
    Ok(())
}

/// The form of the `baggage` header, on one line.
impl fmt::Display for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, entry) in self.entries().iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            f.write_str(&entry.text)?;
        }
        Ok(())
    }
}

/// Prints the keys. Values are application data and do not belong into logs.
impl fmt::Debug for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Baggage")?;
        f.debug_list()
            .entries(self.entries().iter().map(BaggageEntry::key))
            .finish()
    }
}

/// Parses one header line and refuses it when any member is malformed or the limits are exceeded.
/// What comes from the network goes through
/// [`parse_baggage`](crate::wire::baggage::parse_baggage), which drops single members instead.
impl FromStr for Baggage {
    type Err = BaggageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let entries: Vec<_> = wire::members(text.as_bytes())
            .map(wire::parse_member)
            .collect::<Result<_, _>>()?;
        check_limits(&entries)?;
        Ok(Self::from_checked(entries))
    }
}

/// One entry of [`Baggage`]: key, value and properties.
///
/// ```
/// use tracing_relay::baggage::BaggageEntry;
///
/// let entry = BaggageEntry::new("node", "DF 28")?
///     .with_property("ttl", Some("3"))?
///     .with_property("internal", None)?;
/// assert_eq!(entry.to_string(), "node=DF%2028;ttl=3;internal");
/// # Ok::<(), tracing_relay::baggage::BaggageError>(())
/// ```
#[derive(Clone)]
pub struct BaggageEntry {
    /// `key=value;property;property=value` as it is sent.
    text: Box<str>,
    key_end: usize,
    value_end: usize,
    /// The value where it differs from what is sent.
    decoded: Option<Box<str>>,
}

impl BaggageEntry {
    /// An entry without properties. The value is any text.
    ///
    /// # Errors
    ///
    /// The key is not a token, or the entry is longer than baggage may be.
    pub fn new(key: &str, value: &str) -> Result<Self, BaggageError> {
        if !wire::is_token(key) {
            return Err(BaggageError::InvalidKey);
        }
        let mut text = String::with_capacity(key.len() + 1 + value.len());
        text.push_str(key);
        text.push('=');
        wire::encode(value, &mut text);
        let value_end = text.len();
        Self::from_checked(text, key.len(), value_end)?.fitting()
    }

    /// An entry of text within the grammar.
    pub(crate) fn from_checked(
        text: String,
        key_end: usize,
        value_end: usize,
    ) -> Result<Self, BaggageError> {
        let raw = text.get(key_end + 1..value_end);
        let decoded = match wire::decode(raw.ok_or(BaggageError::Malformed)?) {
            Cow::Borrowed(_) => None,
            Cow::Owned(value) => Some(value.into()),
        };
        Ok(Self {
            text: text.into(),
            key_end,
            value_end,
            decoded,
        })
    }

    fn fitting(self) -> Result<Self, BaggageError> {
        if self.text.len() > Baggage::MAX_BYTES {
            return Err(BaggageError::TooLong);
        }
        Ok(self)
    }

    /// The same entry with one more property behind those that it has. Their meaning is a matter
    /// between sender and receiver.
    ///
    /// # Errors
    ///
    /// The key is not a token, or the entry is longer than baggage may be.
    pub fn with_property(self, key: &str, value: Option<&str>) -> Result<Self, BaggageError> {
        if !wire::is_token(key) {
            return Err(BaggageError::InvalidKey);
        }
        let mut text = String::from(self.text);
        text.push(';');
        text.push_str(key);
        if let Some(value) = value {
            text.push('=');
            wire::encode(value, &mut text);
        }
        Self {
            text: text.into(),
            ..self
        }
        .fitting()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.text[..self.key_end]
    }

    /// The value, percent-decoded. Octets that are not UTF-8 are replaced by U+FFFD here, and are
    /// sent on as they were.
    #[must_use]
    pub fn value(&self) -> &str {
        match &self.decoded {
            Some(value) => value,
            None => &self.text[self.key_end + 1..self.value_end],
        }
    }

    /// The properties in order; their values are percent-decoded.
    pub fn properties(&self) -> impl Iterator<Item = (&str, Option<Cow<'_, str>>)> {
        // The text of the properties begins with a semicolon.
        let properties = self.text[self.value_end..].split(';').skip(1);
        properties.map(|property| match property.split_once('=') {
            Some((key, value)) => (key, Some(wire::decode(value))),
            None => (property, None),
        })
    }

    /// The number of bytes that are sent for this entry.
    pub(crate) fn wire_len(&self) -> usize {
        self.text.len()
    }
}

/// Compares what is meant: `a=%41` equals `a=A`.
impl PartialEq for BaggageEntry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
            && self.value() == other.value()
            && self.properties().eq(other.properties())
    }
}

impl Eq for BaggageEntry {}

/// The form of a member in the `baggage` header.
impl fmt::Display for BaggageEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Prints the key. The value is application data and does not belong into logs.
impl fmt::Debug for BaggageEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BaggageEntry").field(&self.key()).finish()
    }
}

/// Why something cannot be baggage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BaggageError {
    /// A key is empty or has a character that a
    /// [token](https://www.rfc-editor.org/rfc/rfc7230#section-3.2.6) cannot have.
    InvalidKey,
    /// A member is not `key=value` with properties, or a value has a character that must be
    /// percent-encoded.
    Malformed,
    /// There would be more than [`Baggage::MAX_ENTRIES`].
    TooManyEntries,
    /// The header would be longer than [`Baggage::MAX_BYTES`].
    TooLong,
}

impl fmt::Display for BaggageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidKey => "the key is empty or has a character that a token cannot have",
            Self::Malformed => "a member is not `key=value` with properties",
            Self::TooManyEntries => "there are more than 64 entries",
            Self::TooLong => "the baggage is longer than 8192 bytes",
        })
    }
}

impl std::error::Error for BaggageError {}
