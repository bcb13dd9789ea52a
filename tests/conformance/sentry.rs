//! The flavour of Sentry's SDKs.

use tracing_relay::wire::sentry::{self, SentryTrace, parse_sentry_trace};
use tracing_relay::{Extracted, InvalidCarrier, TraceContext};

const IDS: &str = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

fn found(lines: &[(&str, &str)]) -> Extracted {
    sentry::extract(|name| {
        lines
            .iter()
            .filter(move |(key, _)| *key == name)
            .map(|(_, value)| value.as_bytes())
    })
}

#[test]
fn the_decision_is_read_and_written() {
    for (received, sampled) in [
        (format!("{IDS}-1"), true),
        (format!("{IDS}-0"), false),
        (IDS.to_owned(), true),
    ] {
        let context = parse_sentry_trace(received.as_bytes()).expect("valid");
        assert!(context.is_remote());
        assert_eq!(context.flags().is_sampled(), sampled, "{received}");
        let sent = SentryTrace::new(&context);
        assert_eq!(sent.as_str(), format!("{IDS}-{}", u8::from(sampled)));
    }
}

#[test]
fn each_fault_has_its_reason() {
    let upper = IDS.to_uppercase();
    for (text, reason) in [
        (String::new(), InvalidCarrier::EMPTY),
        ("not-a-sentry-trace".into(), InvalidCarrier::TRACE_ID_LENGTH),
        (IDS[..32].into(), InvalidCarrier::MISSING_PARTS),
        (format!("{upper}-1"), InvalidCarrier::NOT_LOWER_HEX),
        (
            format!("{}-{}-1", "0".repeat(32), &IDS[33..]),
            InvalidCarrier::ZERO_TRACE_ID,
        ),
        (
            format!("{}-{}-1", &IDS[..32], "0".repeat(16)),
            InvalidCarrier::ZERO_SPAN_ID,
        ),
        (format!("{}-1", &IDS[..48]), InvalidCarrier::SPAN_ID_LENGTH),
        (format!("{IDS}-2"), InvalidCarrier::SENTRY_DECISION),
        (format!("{IDS}-"), InvalidCarrier::SENTRY_DECISION),
        (format!("{IDS}-1-1"), InvalidCarrier::TRAILING_DATA),
    ] {
        assert_eq!(parse_sentry_trace(text.as_bytes()), Err(reason), "{text:?}");
    }
}

#[test]
fn the_header_alone_continues_a_trace() {
    let value = format!(" {IDS}-1\t");
    let context = found(&[("sentry-trace", &value)]);
    assert_eq!(
        context
            .context()
            .map(|context| context.trace_id().to_string())
            .as_deref(),
        Some(&IDS[..32])
    );
    assert!(context.baggage().is_empty());
}

#[test]
fn empty_is_absent_and_two_are_one_too_many() {
    assert!(found(&[("sentry-trace", ""), ("baggage", "")]).is_absent());
    assert!(found(&[("traceparent", "00-1-2-01")]).is_absent());
    let value = format!("{IDS}-1");
    let twice = found(&[("sentry-trace", &value), ("sentry-trace", &value)]);
    assert_eq!(twice.error(), Some(InvalidCarrier::SEVERAL_HEADERS));
}

/// Node encodes `/` and Python does not; both must come back as they were.
#[test]
fn frozen_members_are_sent_on_unchanged() {
    let frozen = "sentry-trace_id=0af7651916cd43dd8448eb211c80319c,sentry-release=a%2Fb@1.0,\
                  sentry-transaction=GET%20/orders,sentry-sample_rand=0.25,other=1";
    let value = format!("{IDS}-0");
    let found = found(&[("sentry-trace", &value), ("baggage", frozen)]);
    let context = found.context().expect("valid");
    let mut sent = Vec::new();
    sentry::inject(context, |name, value| {
        sent.push((name, value.map(str::to_owned)));
    });
    assert_eq!(
        sent,
        [
            ("sentry-trace", Some(value)),
            ("baggage", Some(frozen.to_owned()))
        ]
    );
}

#[test]
fn without_baggage_an_old_one_is_removed() {
    let context: TraceContext = format!("00-{IDS}-03").parse().expect("valid");
    let mut sent = Vec::new();
    sentry::inject(&context, |name, value| {
        sent.push((name, value.map(str::to_owned)));
    });
    let expected = format!("{IDS}-1");
    assert_eq!(sent, [("sentry-trace", Some(expected)), ("baggage", None)]);
}
