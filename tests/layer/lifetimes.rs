//! Spans that move between threads, that are open when something ends, and values that fail.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use opentelemetry::trace::SpanId;
use tracing::{Dispatch, info, info_span};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use crate::recorded::{Recorded, attribute, event_names, is_below, run_with};

#[traced(fields(value = ?value))]
fn ours(value: &dyn fmt::Debug) {
    let _ = value;
    info!("in ours");
}

#[test]
fn a_span_can_be_closed_on_a_thread_that_has_no_subscriber() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let span = info_span!("moved");
        span.in_scope(|| info!("here"));
        let moved = std::thread::spawn(move || {
            span.in_scope(|| drop(info_span!("child")));
            drop(span);
        });
        moved.join().expect("it does not panic");
    });
    let moved = recorded.span("moved");
    assert_eq!(event_names(&moved), ["here"]);
    // Without a subscriber nothing else is recorded there.
    assert_eq!(recorded.names(), ["moved"]);
}

#[test]
fn spans_that_are_entered_on_several_threads_at_once_keep_their_children() {
    const THREADS: usize = 4;
    let recorded = Recorded::new();
    let dispatch = Dispatch::new(registry().with(recorded.engine.layer()));
    let shared = tracing::dispatcher::with_default(&dispatch, || info_span!("shared"));
    std::thread::scope(|scope| {
        for number in 0..THREADS {
            let (dispatch, shared) = (&dispatch, &shared);
            scope.spawn(move || {
                tracing::dispatcher::with_default(dispatch, || {
                    let _entered = shared.enter();
                    info!(number, "said");
                    info_span!("child", number).in_scope(|| ours(&number));
                });
            });
        }
    });
    drop(shared);
    let shared = recorded.span("shared");
    assert_eq!(event_names(&shared), ["said"; THREADS]);
    let spans = recorded.spans();
    let children: Vec<_> = spans.iter().filter(|span| span.name == "child").collect();
    assert!(children.len() == THREADS && children.iter().all(|child| is_below(child, &shared)));
}

/// Writes nothing, and panics.
struct Panics;

impl fmt::Debug for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        resume_unwind(Box::new(()))
    }
}

/// Says something while it is written.
struct Speaks;

impl fmt::Debug for Speaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(value = ?Panics, "spoken");
        info_span!("made meanwhile").in_scope(|| info!("in it"));
        tracing::Span::current().record("late", 1);
        f.write_str("speaks")
    }
}

#[test]
fn a_value_that_panics_spoils_its_own_text_alone() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let span = info_span!("span", bad = ?Panics, good = 1, late = tracing::field::Empty);
        span.record("late", tracing::field::debug(Panics));
        span.in_scope(|| info!(bad = ?Panics, "said"));
        ours(&Panics);
    });
    let span = recorded.span("span");
    assert_eq!(attribute(&span, "bad"), Some("(no text)".into()));
    assert_eq!(attribute(&span, "late"), Some("(no text)".into()));
    assert_eq!(attribute(&span, "good"), Some("1".into()));
    assert_eq!(event_names(&span), ["said"]);
    assert_eq!(
        attribute(&recorded.span("ours"), "value"),
        Some("(no text)".into())
    );
}

#[test]
fn a_value_that_traces_while_it_is_written_waits_for_nothing() {
    let recorded = Recorded::new();
    recorded.run(|| {
        info_span!("around").in_scope(|| {
            let span = info_span!("span", value = ?Speaks, late = tracing::field::Empty);
            let _entered = span.enter();
            span.record("late", tracing::field::debug(Speaks));
            info!(value = ?Speaks, "said");
            ours(&Speaks);
        });
    });
    let span = recorded.span("span");
    assert_eq!(attribute(&span, "value"), Some("speaks".into()));
    assert_eq!(attribute(&span, "late"), Some("1".into()));
    assert!(event_names(&span).contains(&"said"));
    assert_eq!(
        attribute(&recorded.span("ours"), "value"),
        Some("speaks".into())
    );
    // While a span or an event is made, `tracing` itself lets no other one in.
    let made = recorded
        .names()
        .iter()
        .filter(|name| *name == "made meanwhile")
        .count();
    assert_eq!(made, 2);
}

#[test]
fn a_panic_leaves_nothing_current() {
    let recorded = Recorded::new();
    recorded.run(|| {
        for _ in 0..2 {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                info_span!("outer")
                    .in_scope(|| info_span!("inner").in_scope(|| resume_unwind(Box::new(()))))
            }));
            assert!(unwound.is_err());
            assert_eq!(tracing_relay::current_context(), None);
        }
        info_span!("after");
    });
    assert_eq!(
        recorded.names(),
        ["after", "inner", "inner", "outer", "outer"]
    );
    assert_eq!(recorded.span("after").parent_span_id, SpanId::INVALID);
}

#[test]
fn two_engines_in_two_subscribers_have_nothing_of_each_other() {
    let (one, other) = (Recorded::new(), Recorded::new());
    one.run(|| {
        info_span!("one").in_scope(|| {
            other.run(|| {
                info!("to nobody");
                info_span!("other").in_scope(|| {
                    info!("to the other");
                    ours(&1);
                });
            });
            ours(&2);
        });
    });
    assert_eq!(one.names(), ["one", "ours"]);
    assert_eq!(other.names(), ["other", "ours"]);
    assert!(event_names(&one.span("one")).is_empty());
    assert_eq!(event_names(&other.span("other")), ["to the other"]);
    assert_eq!(attribute(&one.span("ours"), "value"), Some("2".into()));
    assert_eq!(attribute(&other.span("ours"), "value"), Some("1".into()));
}

/// Each subscriber counts its spans from the beginning.
#[test]
fn an_event_is_not_on_a_span_that_has_the_number_of_one_in_another_subscriber() {
    let (one, other) = (Recorded::new(), Recorded::new());
    let outer = one.run(|| info_span!("outer"));
    other.run(|| {
        let open = info_span!("open");
        assert_eq!(
            open.id().map(|id| id.into_u64()),
            outer.id().map(|id| id.into_u64())
        );
        let outer = outer.entered();
        info!("to nobody");
        let open = open.entered();
        drop(outer);
        info!("to the open one");
        drop(open);
    });
    assert_eq!(event_names(&other.span("open")), ["to the open one"]);
    assert!(event_names(&one.span("outer")).is_empty());
}

#[test]
fn a_second_engine_in_one_subscriber_takes_no_span_and_no_event_twice() {
    let (one, other) = (Recorded::new(), Recorded::new());
    let subscriber = registry()
        .with(one.engine.layer())
        .with(other.engine.layer());
    run_with(subscriber, || {
        info_span!("span").in_scope(|| info!("said"));
    });
    let spans = [one.spans(), other.spans()].concat();
    assert_eq!(spans.len(), 1);
    assert_eq!(event_names(&spans[0]), ["said"]);
}

#[test]
fn an_engine_that_was_shut_down_records_nothing_and_disturbs_nothing() {
    let recorded = Recorded::new();
    recorded.run(|| {
        info_span!("before").in_scope(|| ours(&1));
        let open = info_span!("open");
        open.in_scope(|| {
            assert!(recorded.engine.shutdown(Duration::from_secs(10)));
            info!("too late");
            ours(&2);
            info_span!("later").in_scope(|| info!("too late"));
        });
    });
    assert_eq!(recorded.names(), ["before", "ours"]);
    assert_eq!(attribute(&recorded.span("ours"), "value"), Some("1".into()));
}
