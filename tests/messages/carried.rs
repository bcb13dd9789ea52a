//! The envelope for types that one does not own.

use serde_json::json;
use tracing_relay::{Carried, CarriesTrace, CarriesTraceMut, TraceCarrier};

use crate::support::{TRACEPARENT, in_span, remote};

#[test]
fn it_captures_and_gives_back() {
    let (carried, context) = in_span(|context| (Carried::new(vec![1, 2]), context));
    assert_eq!(carried.extract().context(), Some(&context));
    let mapped = carried.map(|list| list.len());
    assert_eq!(mapped.value, 2);
    assert_eq!(mapped.trace.context(), Some(&context));
    let (value, trace) = mapped.into_parts();
    assert_eq!((value, trace.context()), (2, Some(&context)));
    let (default, context) = in_span(|context| (Carried::<u8>::default(), context));
    assert_eq!(default.trace.context(), Some(&context));
}

#[test]
fn it_is_written_into() {
    let mut carried = Carried::with_carrier(5, TraceCarrier::none());
    carried.inject(&remote(TRACEPARENT));
    assert_eq!(carried.trace.context(), Some(&remote(TRACEPARENT)));
    assert_eq!(carried.into_inner(), 5);
}

#[test]
fn its_json_has_the_value_and_the_trace() {
    let carried = Carried::with_carrier(5, remote(TRACEPARENT).into());
    let written = serde_json::to_value(&carried).unwrap();
    assert_eq!(
        written,
        json!({"value": 5, "trace": {"traceparent": TRACEPARENT}})
    );
    let read: Carried<u8> = serde_json::from_value(written).unwrap();
    assert_eq!(read.trace.context(), Some(&remote(TRACEPARENT)));
    assert!(read.trace.context().unwrap().is_remote());

    let untraced = Carried::with_carrier((), TraceCarrier::none());
    assert_eq!(
        serde_json::to_string(&untraced).unwrap(),
        r#"{"value":null}"#
    );
}

#[test]
fn a_bad_carrier_does_not_reject_the_value() {
    for text in [
        r#"{"value":5}"#,
        r#"{"value":5,"trace":null}"#,
        r#"{"trace":7,"value":5}"#,
        r#"{"value":5,"trace":{"traceparent":"x"},"later":[1]}"#,
        "[5]",
        "[5,null]",
    ] {
        let read: Carried<u8> = in_span(|_| serde_json::from_str(text)).unwrap();
        assert_eq!(read.value, 5, "{text}");
        assert!(read.trace.is_none(), "{text}");
    }
}

#[test]
fn what_is_no_envelope_is_an_error() {
    for text in [
        r#"{"trace":{}}"#,
        r#"{"value":1,"value":2}"#,
        r#"{"value":1,"trace":{},"trace":{}}"#,
        "[]",
        "5",
    ] {
        assert!(serde_json::from_str::<Carried<u8>>(text).is_err(), "{text}");
    }
}

#[test]
fn compact_formats_take_it_too() {
    let carried = Carried::with_carrier("job".to_owned(), remote(TRACEPARENT).into());
    for bytes in [
        rmp_serde::to_vec(&carried).unwrap(),
        rmp_serde::to_vec_named(&carried).unwrap(),
    ] {
        let read: Carried<String> = rmp_serde::from_slice(&bytes).unwrap();
        assert_eq!(read, carried);
        assert_eq!(read.trace.context(), carried.trace.context());
    }
    let untraced = Carried::with_carrier("job".to_owned(), TraceCarrier::none());
    for bytes in [
        rmp_serde::to_vec(&untraced).unwrap(),
        rmp_serde::to_vec_named(&untraced).unwrap(),
    ] {
        let read: Carried<String> = rmp_serde::from_slice(&bytes).unwrap();
        assert!(read.trace.is_none());
    }
}
