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

/// Decodes exactly `N` bytes of lower-case hexadecimal digits.
pub(super) fn decode_hex<const N: usize>(
    digits: &[u8],
    wrong_length: InvalidCarrier,
) -> Result<[u8; N], InvalidCarrier> {
    if digits.len() != N * 2 {
        return Err(wrong_length);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
    }
    Ok(bytes)
}

fn hex_digit(digit: u8) -> Result<u8, InvalidCarrier> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(InvalidCarrier::NOT_LOWER_HEX),
    }
}
