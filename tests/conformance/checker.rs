//! A second opinion on what is sent: checks of the grammars that share no code with the codec and
//! are written down as the specifications write them, character by character.

/// Panics unless the text is a `traceparent` of version 00.
pub(crate) fn check_traceparent(text: &str) {
    let valid = text.len() == 55
        && text.char_indices().all(|(index, c)| match index {
            0 | 1 => c == '0',
            2 | 35 | 52 => c == '-',
            _ => "0123456789abcdef".contains(c),
        });
    assert!(valid, "not a traceparent: {text:?}");
    let (trace_id, span_id, _) = parts(text);
    assert!(trace_id.contains(|c| c != '0'), "zero trace id: {text}");
    assert!(span_id.contains(|c| c != '0'), "zero span id: {text}");
}

/// Trace id, span id and flags of a checked `traceparent`.
pub(crate) fn parts(traceparent: &str) -> (&str, &str, u8) {
    let flags = u8::from_str_radix(&traceparent[53..], 16).expect("flags");
    (&traceparent[3..35], &traceparent[36..52], flags)
}

/// Panics unless the text is a `tracestate` that may be sent: no empty members, no whitespace around them.
pub(crate) fn check_tracestate(text: &str) {
    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@";
    let members: Vec<&str> = text.split(',').collect();
    assert!(members.len() <= 32, "too many members: {text:?}");
    let mut keys = Vec::new();
    for member in members {
        let parts: Vec<&str> = member.split('=').collect();
        let [key, value] = parts[..] else {
            panic!("not a pair: {member:?} in {text:?}");
        };
        assert!((1..=256).contains(&key.len()), "length of {key:?}");
        assert!(key.chars().all(|c| KEY.contains(c)), "key {key:?}");
        assert!(!key.starts_with(['_', '-', '*', '/', '@']), "key {key:?}");
        assert!(!keys.contains(&key), "{key:?} twice in {text:?}");
        keys.push(key);
        assert!((1..=256).contains(&value.len()), "length of {value:?}");
        assert!(value.chars().all(|c| (' '..='~').contains(&c)), "{value:?}");
        assert!(!value.ends_with(' '), "value {value:?}");
    }
}

/// Panics unless the text is a `baggage` that may be sent: within the grammar and the limits,
/// without optional whitespace, and with nothing after `%` but two digits.
pub(crate) fn check_baggage(text: &str) {
    assert!(text.len() <= 8192, "{} bytes", text.len());
    let members: Vec<&str> = text.split(',').collect();
    assert!(members.len() <= 64, "{} members", members.len());
    for member in members {
        for (index, part) in member.split(';').enumerate() {
            let (key, value) = match part.find('=') {
                Some(equals) => (&part[..equals], Some(&part[equals + 1..])),
                None => (part, None),
            };
            assert!(index > 0 || value.is_some(), "no value: {member:?}");
            check_token(key);
            value.map(check_value);
        }
    }
}

fn check_token(key: &str) {
    const DELIMITERS: &str = "\"(),/:;<=>?@[\\]{}";
    assert!(!key.is_empty(), "empty key");
    let valid = |c: char| ('!'..='~').contains(&c) && !DELIMITERS.contains(c);
    assert!(key.chars().all(valid), "not a token: {key:?}");
}

fn check_value(value: &str) {
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match u32::from(c) {
            0x25 => {
                let digits: String = chars.by_ref().take(2).collect();
                let number = u8::from_str_radix(&digits, 16);
                assert!(digits.len() == 2 && number.is_ok(), "escape in {value:?}");
            }
            0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e => {}
            _ => panic!("{c:?} in {value:?}"),
        }
    }
}

/// Panics unless the text is a `sentry-trace` with a decision.
pub(crate) fn check_sentry_trace(text: &str) {
    assert_eq!(text.len(), 51, "length of {text:?}");
    let valid = text.char_indices().all(|(index, c)| match index {
        32 | 49 => c == '-',
        50 => c == '0' || c == '1',
        _ => "0123456789abcdef".contains(c),
    });
    assert!(valid, "not a sentry-trace: {text:?}");
}
