//! Properties: what goes in comes out, nothing panics, and whatever is written is valid.

use proptest::prelude::*;
use tracing_relay::baggage::BaggageEntry;
use tracing_relay::wire::baggage::parse_baggage;
use tracing_relay::wire::sentry;
use tracing_relay::wire::w3c;
use tracing_relay::{Baggage, Extracted, SpanId, TraceContext, TraceFlags, TraceId, TraceState};

use crate::checker;

/// A header map of the simplest kind: names in lower case with their lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(pub(crate) Vec<(String, Vec<u8>)>);

impl Lines {
    pub(crate) fn named(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, line)| line.as_slice())
    }

    /// What a hop sends that received this context.
    pub(crate) fn sent(context: &TraceContext) -> Self {
        let mut lines = Self::default();
        w3c::inject(context, |name, value| {
            lines
                .0
                .extend(value.map(|value| (name.to_owned(), value.as_bytes().to_vec())));
        });
        lines
    }

    fn text(&self, name: &'static str) -> Option<&str> {
        self.named(name)
            .next()
            .map(|line| std::str::from_utf8(line).expect("ASCII"))
    }

    pub(crate) fn extract(&self) -> Extracted {
        w3c::extract(|name| self.named(name))
    }
}

/// Whatever was found: what is sent for it is valid and means the same.
pub(crate) fn check_found(found: &Extracted) {
    let context = found.context().cloned().unwrap_or_else(|| {
        let trace_id = TraceId::from_bytes([1; 16]).expect("not zero");
        let span_id = SpanId::from_bytes([1; 8]).expect("not zero");
        TraceContext::new(trace_id, span_id, TraceFlags::new(0))
            .with_baggage(found.baggage().clone())
    });
    let sent = Lines::sent(&context);
    checker::check_traceparent(sent.text("traceparent").expect("always sent"));
    sent.text("tracestate").map(checker::check_tracestate);
    sent.text("baggage").map(checker::check_baggage);

    let again = sent.extract();
    assert_eq!(again.context(), Some(&context));
    assert_eq!(Lines::sent(&context).0, sent.0);

    sentry::inject(&context, |name, value| {
        if let (sentry::SENTRY_TRACE, Some(value)) = (name, value) {
            checker::check_sentry_trace(value);
        }
    });
}

fn contexts() -> impl Strategy<Value = TraceContext> {
    let ids = (any::<[u8; 16]>(), any::<[u8; 8]>(), any::<u8>());
    let ids = ids.prop_filter_map("an id is zero", |(trace_id, span_id, flags)| {
        Some(TraceContext::new(
            TraceId::from_bytes(trace_id)?,
            SpanId::from_bytes(span_id)?,
            TraceFlags::new(flags),
        ))
    });
    (ids, proptest::option::of(states()), baggages())
        .prop_map(|(context, state, baggage)| context.with_tracestate(state).with_baggage(baggage))
}

fn states() -> impl Strategy<Value = TraceState> {
    let member = (
        "[a-z0-9][a-z0-9_*/@-]{0,20}",
        "[ -+\\--<>-~]{0,20}[!-+\\--<>-~]",
    );
    proptest::collection::vec(member, 1..40).prop_map(|members| {
        let (key, value) = &members[0];
        let first = TraceState::new(key, value).expect("within the grammar");
        members[1..].iter().fold(first, |state, (key, value)| {
            state.with(key, value).expect("within the grammar")
        })
    })
}

fn baggages() -> impl Strategy<Value = Baggage> {
    let key = || "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}";
    let property = (key(), proptest::option::of(any::<String>()));
    let entry = (
        key(),
        any::<String>(),
        proptest::collection::vec(property, 0..3),
    );
    proptest::collection::vec(entry, 0..6).prop_map(|entries| {
        let mut baggage = Baggage::new();
        for (key, value, properties) in entries {
            let entry = properties.iter().try_fold(
                BaggageEntry::new(&key, &value).expect("short and a token"),
                |entry, (key, value)| entry.with_property(key, value.as_deref()),
            );
            baggage = baggage
                .with_entry(entry.expect("short and a token"))
                .expect("far from the limits");
        }
        baggage
    })
}

/// Text that is nearly right: the characters that mean something, and some that are forbidden.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![
        8 => proptest::sample::select(b"=,;-% \t".to_vec()),
        8 => proptest::sample::select(b"0123456789abcdefA@_\\\"".to_vec()),
        1 => any::<u8>(),
    ];
    proptest::collection::vec(octet, 0..120)
}

proptest! {
    #[test]
    fn a_context_comes_back_equal(context in contexts()) {
        let sent = Lines::sent(&context);
        let found = sent.extract();
        prop_assert_eq!(found.context(), Some(&context));
        prop_assert!(found.context().is_some_and(TraceContext::is_remote));
        check_found(&found);
    }

    #[test]
    fn text_comes_back_from_baggage(key in "[a-z]{1,8}", value in any::<String>()) {
        let sent = Baggage::new().with(&key, &value).expect("short").to_string();
        checker::check_baggage(&sent);
        let again = parse_baggage([sent.as_bytes()]);
        prop_assert_eq!(again.get(&key), Some(value.as_str()));
        prop_assert_eq!(again.to_string(), sent);
    }

    #[test]
    fn any_bytes_are_read_without_panic(
        traceparent in proptest::collection::vec(any::<u8>(), 0..80),
        tracestate in proptest::collection::vec(nearly(), 0..4),
        baggage in proptest::collection::vec(nearly(), 0..4),
    ) {
        let valid = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_vec();
        for traceparent in [traceparent, valid] {
            let mut lines = Lines(vec![("traceparent".into(), traceparent.clone())]);
            lines.0.extend(tracestate.iter().map(|line| ("tracestate".into(), line.clone())));
            lines.0.extend(baggage.iter().map(|line| ("baggage".into(), line.clone())));
            check_found(&lines.extract());
        }
    }

    #[test]
    fn what_a_strict_parse_accepts_the_lenient_one_keeps(line in nearly()) {
        if let Ok(text) = std::str::from_utf8(&line)
            && let Ok(strict) = text.parse::<Baggage>()
        {
            prop_assert_eq!(parse_baggage([line.as_slice()]), strict);
        }
    }

    #[test]
    fn lines_are_joined_as_by_commas(lines in proptest::collection::vec(nearly(), 0..5)) {
        let joined = lines.join(&b',');
        prop_assert_eq!(
            w3c::parse_tracestate(lines.iter().map(Vec::as_slice)),
            w3c::parse_tracestate([joined.as_slice()])
        );
        prop_assert_eq!(
            parse_baggage(lines.iter().map(Vec::as_slice)),
            parse_baggage([joined.as_slice()])
        );
    }
}
