//! What the formats share: whitespace around header values and hexadecimal digits.

use crate::carrier::InvalidCarrier;

/// `text` without the spaces and tabs around it: the `OWS` of
/// [RFC 7230, 3.2.3](https://www.rfc-editor.org/rfc/rfc7230#section-3.2.3), and nothing else that
/// Unicode or ASCII call whitespace.
pub(super) fn trim_ows(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The one header line that has anything on it; `None` when all are empty.
///
/// Empty lines are absent ones. Headers that may occur once and occur twice cannot be trusted:
/// nobody knows which of the two the sender meant.
pub(super) fn single_line<'a>(
    lines: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Option<&'a [u8]>, InvalidCarrier> {
    let mut lines = lines
        .into_iter()
        .map(trim_ows)
        .filter(|line| !line.is_empty());
    let first = lines.next();
    match lines.next() {
        Some(_) => Err(InvalidCarrier::SEVERAL_HEADERS),
        None => Ok(first),
    }
}

/// Takes the next field of a text whose fields are joined by `-` and have `N` bytes in hexadecimal
/// digits each. `rest` is what follows; `None` when the text ended with the field before.
pub(super) fn hex_field<const N: usize>(
    rest: &mut Option<&[u8]>,
    wrong_length: InvalidCarrier,
) -> Result<[u8; N], InvalidCarrier> {
    let text = rest.ok_or(InvalidCarrier::MISSING_PARTS)?;
    let (field, behind) = text.split_at_checked(N * 2).ok_or(wrong_length)?;
    *rest = match behind {
        [] => None,
        [b'-', next @ ..] => Some(next),
        _ => return Err(wrong_length),
    };
    decode_hex(field).ok_or(InvalidCarrier::NOT_LOWER_HEX)
}

/// Decodes lower-case hexadecimal digits.
#[inline]
pub(super) fn decode_hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    // One check at the end instead of one a digit.
    let mut seen = 0;
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let (high, low) = (hex_digit(pair[0]), hex_digit(pair[1]));
        seen |= high | low;
        *byte = high << 4 | low;
    }
    (seen != NO_DIGIT).then_some(bytes)
}

/// All bits are set, so that it shows among digits.
const NO_DIGIT: u8 = 0xff;

fn hex_digit(digit: u8) -> u8 {
    static VALUES: [u8; 256] = values();
    VALUES[usize::from(digit)]
}

const fn values() -> [u8; 256] {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    values
}
