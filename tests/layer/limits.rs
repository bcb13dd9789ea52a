//! What is over the limits of a span.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, SpanId, Status, TraceFlags, TraceId, TraceState};
use tracing::{error, info, info_span};
use tracing_relay::engine::Limits;
use tracing_relay::otel::SpanExt as _;

use crate::recorded::{Recorded, attribute};

fn limited(set: impl FnOnce(&mut Limits)) -> Recorded {
    let mut limits = Limits::default();
    set(&mut limits);
    Recorded::with(|builder| builder.with_limits(limits))
}

#[test]
fn attributes_over_the_limit_are_dropped_and_counted() {
    let recorded = limited(|limits| limits.attributes = 2);
    recorded.run(|| {
        let span = info_span!("full", a = 1, b = 2, c = 3, d = tracing::field::Empty);
        span.record("d", 4);
    });
    let span = recorded.span("full");
    assert_eq!(span.dropped_attributes_count, 2);
    let found = ["a", "b", "c", "d"].map(|key| attribute(&span, key));
    assert_eq!(found, [Some("1".into()), Some("2".into()), None, None]);
}

#[test]
fn a_field_that_is_recorded_again_and_again_takes_the_room_of_one() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let span = info_span!("span", progress = 0, result = tracing::field::Empty);
        for progress in 1..=1_000 {
            span.record("progress", progress);
        }
        span.record("result", "good");
    });
    let span = recorded.span("span");
    assert_eq!(attribute(&span, "progress"), Some("1000".into()));
    assert_eq!(attribute(&span, "result"), Some("good".into()));
    assert_eq!(span.dropped_attributes_count, 0);
}

#[test]
fn events_and_links_over_the_limit_are_dropped_and_counted() {
    let recorded = limited(|limits| (limits.events, limits.links) = (2, 1));
    recorded.run(|| {
        let followed = [info_span!("one"), info_span!("two"), info_span!("three")];
        let span = info_span!("full");
        for followed in &followed {
            span.follows_from(followed);
        }
        span.in_scope(|| (0..5).for_each(|number| info!(number)));
    });
    let span = recorded.span("full");
    assert_eq!((span.events.len(), span.events.dropped_count), (2, 3));
    assert_eq!((span.links.len(), span.links.dropped_count), (1, 2));
}

#[test]
fn attributes_of_an_event_over_the_limit_are_counted_in_the_event() {
    let recorded = limited(|limits| limits.attributes_of_event = 3);
    recorded.run(|| info_span!("span").in_scope(|| info!(a = 1, b = 2, "said")));
    let span = recorded.span("span");
    let event = &span.events[0];
    assert_eq!(event.name, "said");
    let keys: Vec<_> = event
        .attributes
        .iter()
        .map(|attribute| attribute.key.as_str())
        .collect();
    assert_eq!(keys, ["level", "target", "a"]);
    // `b`, the file and the line.
    assert_eq!(event.dropped_attributes_count, 3);
}

#[test]
fn attributes_of_a_link_have_a_limit_of_their_own() {
    let recorded = limited(|limits| {
        (limits.attributes_of_event, limits.attributes_of_link) = (128, 1);
    });
    recorded.run(|| {
        let to = SpanContext::new(
            TraceId::from(1),
            SpanId::from(1),
            TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        );
        let attributes = ["a", "b"].map(|key| KeyValue::new(key, 1));
        let span = info_span!("span");
        span.add_link_with_attributes(to, attributes.to_vec());
        span.in_scope(|| info!(a = 1, b = 2, "said"));
    });
    let span = recorded.span("span");
    assert_eq!(span.events[0].dropped_attributes_count, 0);
    let link = &span.links[0];
    assert_eq!(
        (link.attributes.len(), link.dropped_attributes_count),
        (1, 1)
    );
}

#[test]
fn a_failure_in_an_event_that_has_no_room_is_the_status_all_the_same() {
    let recorded = limited(|limits| limits.events = 1);
    recorded.run(|| {
        info_span!("span").in_scope(|| {
            info!("first");
            error!(error = "it failed");
        });
    });
    let span = recorded.span("span");
    assert_eq!((span.events.len(), span.events.dropped_count), (1, 1));
    assert_eq!(span.status, Status::error("it failed"));
}

#[test]
fn texts_are_cut_between_characters() {
    let recorded = limited(|limits| limits.value_length = 4);
    recorded.run(|| {
        info_span!("span", a = "aaaé", b = %"aaaaaaa", c = ?"é").in_scope(|| info!(d = "12345"));
    });
    let span = recorded.span("span");
    let found = ["a", "b", "c"].map(|key| attribute(&span, key));
    assert_eq!(
        found,
        [
            Some("aaa".into()),
            Some("aaaa".into()),
            Some("\"é\"".into())
        ]
    );
    let event = &span.events[0];
    let cut = event
        .attributes
        .iter()
        .find(|attribute| attribute.key.as_str() == "d");
    assert_eq!(cut.map(|cut| cut.value.to_string()), Some("1234".into()));
}
