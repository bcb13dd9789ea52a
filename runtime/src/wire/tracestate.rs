//! The `tracestate` of W3C Trace Context Level 2.

use super::text::trim_ows;
use crate::carrier::InvalidCarrier;
use crate::context::TraceState;

/// The most members that a list may have.
const MAX_MEMBERS: usize = 32;
/// The most characters that a key, and the most that a value, may have.
const MAX_PART: usize = 256;

/// Parses the lines of a `tracestate` header, joined in order, with the grammar of
/// [W3C Trace Context Level 2](https://www.w3.org/TR/trace-context-2/#tracestate-header).
///
/// `None` when there is no member, and when any member is malformed, a key occurs twice or there
/// are more than 32 members: a list that was broken on the way is discarded whole, because half of
/// it would be attributed to the wrong vendors. Use
/// [`str::parse`](std::str::FromStr) on a single line to learn the reason.
///
/// Spaces and tabs around members and empty members are dropped; they do not count as members.
/// Spaces at the beginning of a value belong to it.
///
/// Nothing is ever truncated. The grammar itself bounds what is kept to 32 members of 513
/// characters, 16,447 with the commas; whatever is longer is not a `tracestate`. A list that is kept
/// is allocated once, as one piece of text.
///
/// ```
/// use tracing_relay::wire::w3c::parse_tracestate;
///
/// let lines: [&[u8]; 2] = [b"congo=t61rcWkgMzE , ", b"rojo=00f067aa0ba902b7"];
/// let state = parse_tracestate(lines).unwrap();
/// assert_eq!(state.as_str(), "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
///
/// let upper_case: [&[u8]; 1] = [b"Congo=1,rojo=2"];
/// assert_eq!(parse_tracestate(upper_case), None);
/// ```
pub fn parse_tracestate<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Option<TraceState> {
    read(lines).ok()
}

/// [`parse_tracestate`] with the reason for refusing.
pub(crate) fn read<'a>(
    lines: impl IntoIterator<Item = &'a [u8]>,
) -> Result<TraceState, InvalidCarrier> {
    // Most hops carry one or two vendors: the members are gathered on the stack, so that a list
    // that is refused allocates nothing.
    let mut members = [""; MAX_MEMBERS];
    let mut count = 0;
    for member in lines
        .into_iter()
        .flat_map(|line| line.split(|b| *b == b','))
    {
        let member = trim_ows(member);
        if member.is_empty() {
            continue;
        }
        let (key, member) = check_member(member)?;
        if members[..count]
            .iter()
            .any(|earlier| key_of(earlier) == key)
        {
            return Err(InvalidCarrier::TRACESTATE_DUPLICATE);
        }
        *members
            .get_mut(count)
            .ok_or(InvalidCarrier::TRACESTATE_MEMBERS)? = member;
        count += 1;
    }
    if count == 0 {
        return Err(InvalidCarrier::TRACESTATE_EMPTY);
    }
    Ok(TraceState::from_checked(members[..count].join(",")))
}

/// The list with this member in the first place and at most 31 of the others behind it.
pub(crate) fn with_first(list: &str, key: &str, value: &str) -> Result<TraceState, InvalidCarrier> {
    if !is_key(key.as_bytes()) || !is_value(value.as_bytes()) {
        return Err(InvalidCarrier::TRACESTATE_MEMBER);
    }
    let mut text = String::with_capacity(key.len() + value.len() + list.len() + 2);
    text.extend([key, "=", value]);
    for other in others(list, key).take(MAX_MEMBERS - 1) {
        text.extend([",", other]);
    }
    Ok(TraceState::from_checked(text))
}

/// The list without the member with this key.
pub(crate) fn without(list: &str, key: &str) -> Option<TraceState> {
    let rest = others(list, key).collect::<Vec<_>>().join(",");
    (!rest.is_empty()).then(|| TraceState::from_checked(rest))
}

fn others<'a>(list: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    list.split(',')
        .filter(move |member| !member.is_empty() && key_of(member) != key)
}

/// The key of a member, and the member as text, when both halves are within the grammar.
fn check_member(member: &[u8]) -> Result<(&str, &str), InvalidCarrier> {
    let member = std::str::from_utf8(member).map_err(|_| InvalidCarrier::TRACESTATE_MEMBER)?;
    match member.split_once('=') {
        Some((key, value)) if is_key(key.as_bytes()) && is_value(value.as_bytes()) => {
            Ok((key, member))
        }
        _ => Err(InvalidCarrier::TRACESTATE_MEMBER),
    }
}

fn key_of(member: &str) -> &str {
    member.split_once('=').map_or(member, |(key, _)| key)
}

/// `key = ( lcalpha / DIGIT ) 0*255 ( keychar )`
fn is_key(key: &[u8]) -> bool {
    key.len() <= MAX_PART
        && matches!(key, [b'a'..=b'z' | b'0'..=b'9', rest @ ..] if rest.iter().all(|byte| {
            matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@')
        }))
}

/// `value = 0*255(chr) nblk-chr`: printable ASCII without `,` and `=`, not ending in a space.
fn is_value(value: &[u8]) -> bool {
    value.len() <= MAX_PART
        && !matches!(value, [] | [.., b' '])
        && value
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && *byte != b',' && *byte != b'=')
}
