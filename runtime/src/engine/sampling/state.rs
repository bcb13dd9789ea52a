//! The member `ot` of a `tracestate`, where the threshold and the random number of a trace travel:
//! `ot=th:c;rv:6e6d1a75832a2f`.
//!
//! What others have in that member stays. A member that is not within its grammar says nothing, and is replaced by
//! what is written here; a value that is not within its own counts as absent.

use super::threshold::{Randomness, Threshold};
use crate::context::TraceState;

const MEMBER: &str = "ot";
const THRESHOLD: &str = "th";
const RANDOMNESS: &str = "rv";
/// What a value may have in all.
const MOST_BYTES: usize = 256;

/// What the member says of a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    /// Something that is no threshold.
    Nonsense,
    Threshold(Threshold),
}

/// The threshold that was applied to a trace so far.
pub(super) fn threshold(state: &TraceState) -> Said {
    match value_of(state, THRESHOLD) {
        None => Said::Nothing,
        Some(text) => Threshold::parse(text).map_or(Said::Nonsense, Said::Threshold),
    }
}

/// The random number that a trace names itself.
pub(super) fn randomness(state: &TraceState) -> Option<Randomness> {
    Randomness::parse(value_of(state, RANDOMNESS)?)
}

/// The state with this threshold, or without one.
pub(super) fn with_threshold(
    state: Option<&TraceState>,
    threshold: Option<Threshold>,
) -> Option<TraceState> {
    let text = threshold.map(|threshold| threshold.to_string());
    with(state, THRESHOLD, text.as_deref())
}

/// The state with this random number.
pub(super) fn with_randomness(
    state: Option<&TraceState>,
    randomness: Randomness,
) -> Option<TraceState> {
    with(state, RANDOMNESS, Some(&randomness.to_string()))
}

fn value_of<'a>(state: &'a TraceState, key: &str) -> Option<&'a str> {
    part(state.get(MEMBER)?, key)
}

fn with(state: Option<&TraceState>, key: &str, value: Option<&str>) -> Option<TraceState> {
    let member = state.and_then(|state| state.get(MEMBER));
    let others = |text| parts(text).map(|parts| parts.filter(|(name, _)| *name != key));
    if value.is_none() && member.is_none_or(|member| part(member, key).is_none()) {
        // Nothing is there that could be taken out.
        return state.cloned();
    }
    let mut text = value.map_or_else(String::new, |value| format!("{key}:{value}"));
    for (name, value) in member.and_then(others).into_iter().flatten() {
        let separator = if text.is_empty() { "" } else { ";" };
        text.extend([separator, name, ":", value]);
    }
    if text.len() > MOST_BYTES && value.is_some() {
        // There is no room for it: better none than an old one.
        return with(state, key, None);
    }
    match state {
        _ if text.is_empty() => state.and_then(|state| state.without(MEMBER)),
        None => TraceState::new(MEMBER, &text).ok(),
        Some(state) => state.with(MEMBER, &text).ok(),
    }
}

fn part<'a>(member: &'a str, key: &str) -> Option<&'a str> {
    parts(member)?
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

/// The keys and values; `None` where any of them is malformed, or a key is there twice.
fn parts(text: &str) -> Option<impl Iterator<Item = (&str, &str)>> {
    let all = || text.split(';').map(|part| part.split_once(':'));
    for (number, part) in all().enumerate() {
        let (key, value) = part?;
        let is_twice = all()
            .take(number)
            .any(|earlier| earlier.is_some_and(|(earlier, _)| earlier == key));
        if is_twice || !is_key(key) || !value.bytes().all(is_of_value) {
            return None;
        }
    }
    Some(all().flatten())
}

fn is_key(key: &str) -> bool {
    matches!(key.as_bytes(), [b'a'..=b'z', rest @ ..]
        if rest.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9')))
}

const fn is_of_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> Option<TraceState> {
        (!text.is_empty()).then(|| text.parse().expect("a state"))
    }

    #[test]
    fn what_is_not_within_the_grammar_counts_as_absent() {
        let of = |text: &str| Said::Threshold(Threshold::parse(text).expect("a threshold"));
        for (text, said, random) in [
            ("ot=th:8", of("8"), None),
            (
                "a=1,ot=rv:00000000000010;th:c",
                of("c"),
                Some("00000000000010"),
            ),
            ("ot=p:8;r:62", Said::Nothing, None),
            ("a=th:8", Said::Nothing, None),
            ("ot=th:", Said::Nonsense, None),
            ("ot=th:123456789abcdef", Said::Nonsense, None),
            ("ot=th:8;rv:10", of("8"), None),
            (
                "ot=th:x;rv:00000000000010",
                Said::Nonsense,
                Some("00000000000010"),
            ),
            ("ot=th:8;th:8", Said::Nothing, None),
            ("ot=th:8;", Said::Nothing, None),
            ("ot=th", Said::Nothing, None),
            ("ot=TH:8", Said::Nothing, None),
            ("ot=th:8;a:!", Said::Nothing, None),
        ] {
            let state = state(text).expect("a state");
            assert_eq!(threshold(&state), said, "{text}");
            assert_eq!(
                randomness(&state),
                random.and_then(Randomness::parse),
                "{text}"
            );
        }
    }

    #[test]
    fn a_threshold_takes_the_place_of_the_old_one_and_leaves_the_rest() {
        for (before, threshold, after) in [
            ("", Some("8"), "ot=th:8"),
            ("", None, ""),
            ("a=1", Some("0"), "ot=th:0,a=1"),
            ("a=1", None, "a=1"),
            ("a=1,ot=th:c", Some("8"), "ot=th:8,a=1"),
            ("a=1,ot=th:c", None, "a=1"),
            ("ot=th:c", None, ""),
            ("a=1,ot=x:1;th:c;rv:10", Some("8"), "ot=th:8;x:1;rv:10,a=1"),
            ("a=1,ot=x:1;th:c;rv:10", None, "ot=x:1;rv:10,a=1"),
            ("a=1,ot=x:1", None, "a=1,ot=x:1"),
            ("ot=garbage", Some("8"), "ot=th:8"),
            ("ot=garbage", None, "ot=garbage"),
            ("ot=th:nonsense", None, ""),
        ] {
            let threshold = threshold.and_then(Threshold::parse);
            let after = state(after);
            assert_eq!(
                with_threshold(state(before).as_ref(), threshold),
                after,
                "{before}"
            );
        }
    }

    #[test]
    fn a_member_that_would_be_too_long_loses_its_threshold() {
        let long = "x".repeat(MOST_BYTES - "a:;th:0".len());
        let room = state(&format!("ot=a:{long};th:0"));
        let eight = Threshold::parse("8");
        let fits = with_threshold(room.as_ref(), eight);
        assert_eq!(fits, state(&format!("ot=th:8;a:{long}")));

        let longer = with_threshold(room.as_ref(), Threshold::parse("88"));
        assert_eq!(longer, state(&format!("ot=a:{long}")));
        let none = with_threshold(
            state(&format!("ot=a:{long}x")).as_ref(),
            Threshold::parse("8"),
        );
        assert_eq!(none, state(&format!("ot=a:{long}x")));
    }

    #[test]
    fn the_oldest_member_makes_room_for_ours() {
        let others: Vec<_> = (0..32).map(|number| format!("k{number}=1")).collect();
        let full = state(&others.join(","));
        let changed = with_threshold(full.as_ref(), Threshold::parse("8")).expect("a state");
        assert_eq!(changed.iter().count(), 32);
        assert_eq!(changed.get("ot"), Some("th:8"));
        assert_eq!(changed.get("k31"), None);
        assert_eq!(changed.get("k30"), Some("1"));
    }
}
