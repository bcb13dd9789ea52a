//! What may be changed on the way, and how it then looks.

use tracing_relay::baggage::{BaggageEntry, BaggageError};
use tracing_relay::{Baggage, InvalidCarrier, TraceState};

use crate::checker;

fn state(text: &str) -> TraceState {
    text.parse().expect("a valid tracestate")
}

#[test]
fn a_changed_tracestate_member_moves_to_the_beginning() {
    let changed = state("rojo=1,congo=2,acme=3")
        .with("congo", "4")
        .expect("valid");
    assert_eq!(changed.as_str(), "congo=4,rojo=1,acme=3");
}

#[test]
fn a_new_tracestate_member_is_added_at_the_beginning() {
    let changed = state("rojo=1,congo=2").with("acme", "3").expect("valid");
    assert_eq!(changed.as_str(), "acme=3,rojo=1,congo=2");
    assert_eq!(
        TraceState::new("acme", "3").expect("valid").as_str(),
        "acme=3"
    );
}

#[test]
fn the_33rd_tracestate_member_pushes_out_the_last() {
    let mut full = TraceState::new("k0", "v").expect("valid");
    for key in 1..40 {
        full = full.with(&format!("k{key}"), "v").expect("valid");
        checker::check_tracestate(full.as_str());
    }
    assert_eq!(full.iter().count(), 32);
    assert_eq!(full.get("k39"), Some("v"));
    assert_eq!(full.get("k8"), Some("v"));
    assert_eq!(full.get("k7"), None);
}

#[test]
fn a_tracestate_member_is_deleted_without_touching_the_others() {
    let three = state("rojo=1,congo=2,acme=3");
    assert_eq!(three.without("congo"), Some(state("rojo=1,acme=3")));
    assert_eq!(three.without("con"), Some(three.clone()));
    assert_eq!(state("rojo=1").without("rojo"), None);
}

#[test]
fn a_tracestate_takes_nothing_outside_its_grammar() {
    for (key, value) in [
        ("", "1"),
        ("Rojo", "1"),
        ("@rojo", "1"),
        ("rojo", ""),
        ("rojo", "1 "),
        ("rojo", "1,congo=2"),
        ("rojo", "1=2"),
        ("rojo", "é"),
        ("rojo", "1\r\nx: y"),
    ] {
        let refused = Err(InvalidCarrier::TRACESTATE_MEMBER);
        assert_eq!(TraceState::new(key, value), refused, "{key:?} {value:?}");
        assert_eq!(state("a=1").with(key, value), refused, "{key:?} {value:?}");
    }
}

fn baggage(text: &str) -> Baggage {
    text.parse().expect("valid baggage")
}

#[test]
fn baggage_is_added_changed_and_deleted_without_touching_the_others() {
    let received = baggage("a=1;p=%2F,b=%41,c=3");
    let with = |key, value| received.with(key, value).expect("valid").to_string();
    assert_eq!(with("d", "4"), "a=1;p=%2F,b=%41,c=3,d=4");
    assert_eq!(with("b", "B"), "a=1;p=%2F,b=B,c=3");
    assert_eq!(received.without("a").to_string(), "b=%41,c=3");
    assert_eq!(received.without("x"), received);
    assert!(baggage("a=1").without("a").is_empty());
    assert_eq!(received.to_string(), "a=1;p=%2F,b=%41,c=3");
}

#[test]
fn setting_a_repeated_key_leaves_one() {
    let received = baggage("a=1,b=2,a=3,c=4,a=5");
    assert_eq!(received.get("a"), Some("5"));
    assert_eq!(
        received.with("a", "6").expect("valid").to_string(),
        "a=6,b=2,c=4"
    );
    assert_eq!(received.without("a").to_string(), "b=2,c=4");
}

#[test]
fn a_value_is_any_text_and_encoded_where_it_must_be() {
    let text = "50% of \"a,b;c\\d\" é=😼\t\r\n\0";
    let baggage_of_text = Baggage::new().with("key", text).expect("valid");
    let sent = baggage_of_text.to_string();
    checker::check_baggage(&sent);
    assert_eq!(
        sent,
        "key=50%25%20of%20%22a%2Cb%3Bc%5Cd%22%20%C3%A9=%F0%9F%98%BC%09%0D%0A%00"
    );
    assert_eq!(baggage(&sent).get("key"), Some(text));
}

#[test]
fn properties_are_read_and_written() {
    let entry = BaggageEntry::new("key", "a b")
        .and_then(|entry| entry.with_property("flag", None))
        .and_then(|entry| entry.with_property("text", Some("c;d%")))
        .expect("valid");
    let set = Baggage::new().with_entry(entry).expect("valid");
    assert_eq!(set.to_string(), "key=a%20b;flag;text=c%3Bd%25");

    let again = baggage(&set.to_string());
    let properties: Vec<_> = again.entries()[0].properties().collect();
    assert_eq!(properties, [("flag", None), ("text", Some("c;d%".into()))]);
}

#[test]
fn baggage_refuses_what_it_cannot_carry() {
    let empty = Baggage::new();
    for key in ["", "a b", "a=b", "é", "a,b", "a\n"] {
        assert_eq!(
            empty.with(key, "1"),
            Err(BaggageError::InvalidKey),
            "{key:?}"
        );
        let property = BaggageEntry::new("a", "1").and_then(|entry| entry.with_property(key, None));
        assert_eq!(property, Err(BaggageError::InvalidKey), "{key:?}");
    }
    assert_eq!("a=b c".parse::<Baggage>(), Err(BaggageError::Malformed));
    assert_eq!("a".parse::<Baggage>(), Err(BaggageError::Malformed));
    assert_eq!("a b=c".parse::<Baggage>(), Err(BaggageError::InvalidKey));
}

#[test]
fn debug_shows_keys_and_no_values() {
    let secret = baggage("user=alice;note=secret,card=4711");
    let context: tracing_relay::TraceContext =
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            .parse()
            .expect("valid");
    let printed = format!(
        "{secret:?} {:?} {:?}",
        secret.entries(),
        context.with_baggage(secret.clone())
    );
    assert!(
        printed.contains("user") && printed.contains("card"),
        "{printed}"
    );
    for value in ["alice", "secret", "4711"] {
        assert!(!printed.contains(value), "{printed}");
    }
}
