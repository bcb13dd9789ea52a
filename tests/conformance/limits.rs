//! The limits of baggage, at and beyond them.

use tracing_relay::Baggage;
use tracing_relay::baggage::{BaggageEntry, BaggageError};
use tracing_relay::wire::baggage::parse_baggage;

use crate::checker;

fn parsed(line: &str) -> Baggage {
    parse_baggage([line.as_bytes()])
}

/// A member of this many bytes.
fn member(key: &str, bytes: usize) -> String {
    format!("{key}={}", "x".repeat(bytes - key.len() - 1))
}

#[test]
fn baggage_of_64_members_is_propagated_and_the_65th_is_dropped() {
    let members: Vec<_> = (0..65).map(|key| format!("k{key}=v")).collect();
    let full = parsed(&members[..64].join(","));
    assert_eq!(full.to_string(), members[..64].join(","));
    assert_eq!(parsed(&members.join(",")), full);
    assert_eq!(full.with("one", "more"), Err(BaggageError::TooManyEntries));
    assert!(full.with("k0", "changed").is_ok());
    assert_eq!(
        members.join(",").parse::<Baggage>(),
        Err(BaggageError::TooManyEntries)
    );
}

#[test]
fn the_limits_hold_for_all_lines_together() {
    let members: Vec<_> = (0..80).map(|key| format!("k{key}=v")).collect();
    let found = parse_baggage(members.iter().map(String::as_bytes));
    assert_eq!(found.to_string(), members[..64].join(","));
}

#[test]
fn baggage_of_8192_bytes_is_propagated() {
    let line = format!("{},{}", member("a", 4096), member("b", 4095));
    assert_eq!(line.len(), 8192);
    assert_eq!(parsed(&line).to_string(), line);
    assert_eq!(parsed(&line).with("c", ""), Err(BaggageError::TooLong));
}

#[test]
fn a_member_that_does_not_fit_is_dropped_whole() {
    let first = member("a", 4096);
    let line = format!("{first},{}", member("b", 4096));
    assert_eq!(parsed(&line).to_string(), first);
    assert_eq!(line.parse::<Baggage>(), Err(BaggageError::TooLong));
}

#[test]
fn all_commas_count() {
    let [first, second] = [member("a", 4096), member("b", 4000)];
    for (last, fits) in [(member("c", 94), true), (member("c", 95), false)] {
        let line = format!("{first},{second},{last}");
        assert_eq!(parsed(&line).len(), if fits { 3 } else { 2 });
        assert_eq!(
            line.parse::<Baggage>().is_ok(),
            fits,
            "{} bytes",
            line.len()
        );
    }
}

#[test]
fn a_smaller_member_behind_one_that_does_not_fit_is_kept() {
    let [first, large, last] = [member("a", 4096), member("b", 8000), member("c", 100)];
    let found = parsed(&format!("{first},{large},{last}"));
    assert_eq!(found.to_string(), format!("{first},{last}"));
}

#[test]
fn whitespace_and_malformed_members_do_not_count() {
    let line = format!("a=1,{}b c=2,{}", " ".repeat(9000), "=,".repeat(100));
    let found = parsed(&format!("{line}d=3"));
    assert_eq!(found.to_string(), "a=1,d=3");
}

/// Encoding makes a value three times as long: the limit is on what is sent.
#[test]
fn the_limit_is_on_the_encoded_form() {
    assert!(Baggage::new().with("k", &" ".repeat(2730)).is_ok());
    assert_eq!(
        Baggage::new().with("k", &" ".repeat(2731)),
        Err(BaggageError::TooLong)
    );
    assert_eq!(
        BaggageEntry::new("k", &"x".repeat(8192)),
        Err(BaggageError::TooLong)
    );
    // `%` alone is repaired to three bytes.
    let repaired = parsed(&format!("k={}", "%".repeat(2731)));
    assert!(repaired.is_empty());
    let repaired = parsed(&format!("k={}", "%".repeat(2730)));
    checker::check_baggage(&repaired.to_string());
}
