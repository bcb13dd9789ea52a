//! A carrier is metadata: it never changes what a message equals, how it sorts, or what it hashes to.

use std::collections::{BTreeSet, HashSet};

use tracing_relay::{Carried, TraceCarrier, carries_trace};

use crate::support::{OTHER, TRACEPARENT, full, remote};

#[carries_trace]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    id: u64,
}

fn key(id: u64, traceparent: &str) -> Key {
    Key {
        id,
        trace: remote(traceparent).into(),
    }
}

#[test]
fn equality_order_and_hash_do_not_see_the_carrier() {
    let untraced = Key {
        id: 1,
        trace: TraceCarrier::none(),
    };
    assert_eq!(key(1, TRACEPARENT), key(1, OTHER));
    assert_eq!(key(1, TRACEPARENT), untraced);
    assert!(key(1, OTHER) < key(2, TRACEPARENT));
    assert!(key(1, TRACEPARENT) < key(2, OTHER));

    let hashed = HashSet::from([key(1, TRACEPARENT), key(1, OTHER), untraced.clone()]);
    assert_eq!(hashed.len(), 1);
    let sorted = BTreeSet::from([key(1, TRACEPARENT), key(1, OTHER), untraced]);
    assert_eq!(sorted.len(), 1);
}

#[test]
fn the_envelope_is_what_its_value_is() {
    let one = Carried::with_carrier("a", remote(TRACEPARENT).into());
    let same = Carried::with_carrier("a", TraceCarrier::none());
    let other = Carried::with_carrier("b", TraceCarrier::none());
    assert_eq!(one, same);
    assert!(one < other);
    assert_eq!(HashSet::from([one, same, other]).len(), 2);
}

#[test]
fn debug_prints_the_traceparent_and_no_baggage() {
    assert_eq!(
        format!("{:?}", key(1, TRACEPARENT)),
        format!("Key {{ id: 1, trace: {TRACEPARENT} }}"),
    );
    let printed = format!("{:?}", TraceCarrier::from(full()));
    assert!(!printed.contains("gold"), "{printed}");
    assert!(
        printed.contains("tracestate=vendor=value,other=x"),
        "{printed}"
    );
}
