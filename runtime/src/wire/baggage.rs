//! The `baggage` header: [W3C Baggage](https://www.w3.org/TR/baggage/).

use std::borrow::Cow;

use crate::baggage::{Baggage, BaggageEntry, BaggageError};

/// Parses the lines of a `baggage` header, joined in order.
///
/// - A malformed member is dropped alone: a key that is not a token, a value with a character that
///   must be percent-encoded, a property that is neither. Empty members and empty properties are not
///   counted as faults.
/// - Everything behind the first `=` is the value: `a=b=c` has the value `b=c`.
/// - Values are percent-decoded to UTF-8; what does not decode is U+FFFD in the value and is sent on
///   unchanged. A `%` without two digits stands for itself and is sent on as `%25`.
/// - Repeated keys are kept in order, as the specification allows them.
/// - The [limits](Baggage::MAX_ENTRIES) hold for what is sent on. A member that does not fit any
///   more is dropped whole; a smaller one behind it may fit.
///
/// Never fails; in the worst case nothing is left. Allocates for each member that is kept.
///
/// ```
/// use tracing_relay::wire::baggage::parse_baggage;
///
/// let lines: [&[u8]; 2] = [b"user = alice ; internal, b\"d=1", b"path=a=b%25c"];
/// let baggage = parse_baggage(lines);
/// assert_eq!(baggage.get("path"), Some("a=b%c"));
/// assert_eq!(baggage.to_string(), "user=alice;internal,path=a=b%25c");
/// ```
pub fn parse_baggage<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Baggage {
    let mut entries: Vec<BaggageEntry> = Vec::new();
    let mut bytes = 0;
    for entry in lines
        .into_iter()
        .flat_map(members)
        .filter_map(|member| parse_member(member).ok())
    {
        let comma = usize::from(!entries.is_empty());
        if bytes + comma + entry.wire_len() <= Baggage::MAX_BYTES {
            bytes += comma + entry.wire_len();
            entries.push(entry);
        }
        if entries.len() == Baggage::MAX_ENTRIES {
            break;
        }
    }
    Baggage::from_checked(entries)
}

/// The members of one line that have anything in them.
pub(crate) fn members(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',')
        .map(super::text::trim_ows)
        .filter(|member| !member.is_empty())
}

/// Parses one member, without whitespace around it.
pub(crate) fn parse_member(member: &[u8]) -> Result<BaggageEntry, BaggageError> {
    let member = std::str::from_utf8(member).map_err(|_| BaggageError::Malformed)?;
    let mut parts = member.split(';');
    let (key, value) = parts
        .next()
        .and_then(|pair| pair.split_once('='))
        .ok_or(BaggageError::Malformed)?;

    let mut text = String::with_capacity(member.len());
    push_key(key, &mut text)?;
    let key_end = text.len();
    text.push('=');
    push_value(value, &mut text)?;
    let value_end = text.len();

    for property in parts.map(trim).filter(|property| !property.is_empty()) {
        text.push(';');
        match property.split_once('=') {
            Some((key, value)) => {
                push_key(key, &mut text)?;
                text.push('=');
                push_value(value, &mut text)?;
            }
            None => push_key(property, &mut text)?,
        }
    }
    BaggageEntry::from_checked(text, key_end, value_end)
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn push_key(key: &str, text: &mut String) -> Result<(), BaggageError> {
    let key = trim(key);
    if !is_token(key) {
        return Err(BaggageError::InvalidKey);
    }
    text.push_str(key);
    Ok(())
}

/// Appends a received value as it is; only a `%` that encodes nothing is repaired, which a strict
/// receiver would drop the member for.
fn push_value(value: &str, text: &mut String) -> Result<(), BaggageError> {
    let value = trim(value);
    if !value.bytes().all(is_baggage_octet) {
        return Err(BaggageError::Malformed);
    }
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        text.push_str(if decode_pair(after.as_bytes()).is_some() {
            "%"
        } else {
            "%25"
        });
        rest = after;
    }
    text.push_str(rest);
    Ok(())
}

/// Whether a key is a [token](https://www.rfc-editor.org/rfc/rfc7230#section-3.2.6).
pub(crate) fn is_token(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// `baggage-octet`: printable ASCII without space, `"`, `,`, `;` and `\`.
fn is_baggage_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

/// Appends a value with everything percent-encoded that cannot be sent as it is, and `%` itself.
pub(crate) fn encode(value: &str, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if is_baggage_octet(byte) && byte != b'%' {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(HEX[usize::from(byte >> 4)]));
            text.push(char::from(HEX[usize::from(byte & 0x0f)]));
        }
    }
}

/// Percent-decodes a value; borrowed when there is nothing to decode.
pub(crate) fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains('%') {
        return Cow::Borrowed(value);
    }
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [byte, after @ ..] = rest {
        match decode_pair(after) {
            Some(octet) if *byte == b'%' => {
                decoded.push(octet);
                rest = &after[2..];
            }
            _ => {
                decoded.push(*byte);
                rest = after;
            }
        }
    }
    Cow::Owned(match String::from_utf8(decoded) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// The octet of the two hexadecimal digits, in either case, that `text` begins with.
fn decode_pair(text: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    match text {
        [high, low, ..] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    }
}
