//! What the codec allocates: nothing, unless there is a `tracestate` or baggage to keep.

use std::hint::black_box;

use allocation_counter::measure;
use tracing_relay::wire::{sentry, w3c};
use tracing_relay::{InvalidCarrier, TraceContext};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn extract<'a>(lines: &'a [(&str, &str)]) -> tracing_relay::Extracted {
    w3c::extract(|name| {
        lines
            .iter()
            .filter(move |(key, _)| *key == name)
            .map(|(_, value): &'a (&str, &str)| value.as_bytes())
    })
}

#[test]
fn a_traceparent_is_parsed_and_written_without_allocation() {
    let mut written = None;
    let info = measure(|| {
        let context: TraceContext = black_box(TRACEPARENT).parse().expect("valid");
        written = Some(black_box(context).traceparent());
    });
    assert_eq!(info.count_total, 0);
    assert_eq!(written.expect("written").as_str(), TRACEPARENT);
}

#[test]
fn an_invalid_traceparent_is_refused_without_allocation() {
    let mut reason = None;
    let info = measure(|| {
        let found = extract(black_box(&[
            ("traceparent", "00-0AF7"),
            ("tracestate", "a=1"),
        ]));
        reason = found.error();
    });
    assert_eq!(info.count_total, 0);
    assert_eq!(reason, Some(InvalidCarrier::TRACE_ID_LENGTH));
}

#[test]
fn headers_are_read_and_written_without_allocation() {
    let mut set = 0;
    let info = measure(|| {
        let found = extract(black_box(&[
            ("traceparent", TRACEPARENT),
            ("tracestate", ""),
        ]));
        let context = found.context().expect("valid").clone();
        w3c::inject(&context, |_, value| set += usize::from(value.is_some()));
        sentry::inject(&context, |_, value| set += usize::from(value.is_some()));
    });
    assert_eq!(info.count_total, 0);
    assert_eq!(set, 2);
}

#[test]
fn a_bad_tracestate_is_refused_without_allocation() {
    let mut kept = true;
    let info = measure(|| {
        let found = extract(black_box(&[
            ("traceparent", TRACEPARENT),
            ("tracestate", "a=1,b=2,a=3"),
        ]));
        kept = found
            .context()
            .is_none_or(|context| context.tracestate().is_some());
    });
    assert_eq!(info.count_total, 0);
    assert!(!kept);
}

#[test]
fn a_clone_with_tracestate_and_baggage_allocates_nothing() {
    let found = extract(&[
        ("traceparent", TRACEPARENT),
        ("tracestate", "a=1"),
        ("baggage", "b=%202;c,d=3"),
    ]);
    let context = found.context().expect("valid");
    let mut copy = None;
    let info = measure(|| copy = Some(black_box(context).clone()));
    assert_eq!(info.count_total, 0);
    assert_eq!(copy.as_ref(), Some(context));
}

/// The control of the tests above, and the price of a `tracestate`: joining it, the shared text, and what a
/// context shares of all that travels along.
#[test]
fn a_tracestate_costs_three_allocations() {
    let mut found = None;
    let info = measure(|| {
        found = Some(extract(black_box(&[
            ("traceparent", TRACEPARENT),
            ("tracestate", "a=1,b=2"),
        ])));
    });
    assert_eq!(info.count_total, 3);
    assert!(found.is_some_and(|found| found.context().is_some()));
}
