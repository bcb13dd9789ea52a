//! Parents and links between spans of attributes and spans of `tracing`.

use opentelemetry::trace::SpanId;
use tracing::{Instrument as _, Span, info, info_span};
use tracing_relay::engine::{Sampler, TracingSpans};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::recorded::{Recorded, attribute, event_names, is_below, run_with};

#[traced]
fn ours<R>(inside: impl FnOnce() -> R) -> R {
    inside()
}

#[test]
fn spans_of_both_sorts_are_below_each_other() {
    let recorded = Recorded::new();
    recorded.run(|| {
        info_span!("outer").in_scope(|| ours(|| info_span!("inner").in_scope(|| info!("said"))));
    });
    let (outer, ours, inner) = (
        recorded.span("outer"),
        recorded.span("ours"),
        recorded.span("inner"),
    );
    assert_eq!(outer.parent_span_id, SpanId::INVALID);
    assert!(is_below(&ours, &outer) && is_below(&inner, &ours));
    assert_eq!(event_names(&inner), ["said"]);
}

#[test]
fn explicit_parents_count_and_not_what_is_current() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let parent = info_span!("parent");
        ours(|| {
            info_span!(parent: &parent, "child").in_scope(|| {
                info_span!(parent: None, "root");
                info!(parent: &parent, "of the parent");
                info!(parent: None, "of nobody");
            });
        });
    });
    let (parent, child, root) = (
        recorded.span("parent"),
        recorded.span("child"),
        recorded.span("root"),
    );
    assert!(is_below(&child, &parent));
    assert_eq!(root.parent_span_id, SpanId::INVALID);
    assert_ne!(root.span_context.trace_id(), parent.span_context.trace_id());
    assert_eq!(event_names(&parent), ["of the parent"]);
    assert!(event_names(&child).is_empty() && event_names(&recorded.span("ours")).is_empty());
}

#[test]
fn a_span_taken_along_from_an_annotated_function_continues_its_trace_beside_another_layer() {
    let recorded = Recorded::new();
    let subscriber = tracing_subscriber::registry()
        .with(recorded.engine.layer())
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::sink));
    run_with(subscriber, || {
        let taken = ours(Span::current);
        taken.in_scope(|| info_span!("later").in_scope(ours_later));
        info_span!(parent: &taken, "below");
    });
    let ours = recorded.span("ours");
    assert!(is_below(&recorded.span("later"), &ours));
    assert!(is_below(&recorded.span("below"), &ours));
    assert!(is_below(
        &recorded.span("ours_later"),
        &recorded.span("later")
    ));
}

#[traced]
fn ours_later() {}

#[test]
fn a_span_taken_along_continues_its_trace_where_each_has_one_of_tracing() {
    let recorded = Recorded::with(|builder| builder.with_tracing_spans(TracingSpans::Always));
    recorded.run(|| {
        let taken = ours(Span::current);
        taken.in_scope(|| info_span!("later"));
    });
    assert!(is_below(&recorded.span("later"), &recorded.span("ours")));
    assert_eq!(recorded.names(), ["later", "ours"]);
}

#[test]
fn follows_from_is_a_link() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let (first, second) = (info_span!("first"), info_span!("second"));
        second.follows_from(&first);
        first.follows_from(&second);
        second.in_scope(|| second.follows_from(&first));
        let closed = first.id();
        drop(first);
        second.follows_from(closed);
    });
    let (first, second) = (recorded.span("first"), recorded.span("second"));
    let to = |span: &opentelemetry_sdk::trace::SpanData| {
        span.links
            .iter()
            .map(|link| link.span_context.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(to(&first), std::slice::from_ref(&second.span_context));
    assert_eq!(
        to(&second),
        [first.span_context.clone(), first.span_context]
    );
}

#[test]
fn a_span_that_follows_itself_does_not_wait_for_itself() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let span = info_span!("itself");
        span.follows_from(&span);
    });
    let span = recorded.span("itself");
    assert_eq!(span.links.links[0].span_context, span.span_context);
}

/// `tracing` itself says that the span between is current, and its registry holds that one open.
#[test]
fn what_happens_in_a_span_that_is_entered_again_is_of_that_span() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let (outer, between) = (info_span!("outer"), info_span!("between"));
        let _outer = outer.enter();
        let _between = between.enter();
        outer.in_scope(|| {
            info!("said");
            info_span!("child");
        });
    });
    let outer = recorded.span("outer");
    assert_eq!(event_names(&outer), ["said"]);
    assert!(is_below(&recorded.span("child"), &outer));
}

#[test]
fn what_is_below_a_span_that_is_sampled_out_is_sampled_out_in_its_trace() {
    let recorded = Recorded::with(|builder| {
        builder.with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)))
    });
    recorded.run(|| {
        info_span!("outer").in_scope(|| {
            let outer = tracing_relay::current_context().expect("it has a context");
            assert!(!outer.flags().is_sampled());
            ours(|| {
                info!("said");
                info_span!("inner", a = 1).in_scope(|| {
                    let inner = tracing_relay::current_context().expect("it has a context");
                    assert_eq!(inner.trace_id(), outer.trace_id());
                    assert!(!inner.flags().is_sampled());
                });
            });
        });
    });
    assert_eq!(recorded.names(), [] as [String; 0]);
}

#[test]
fn deep_trees_and_many_open_spans_are_exported_whole() {
    const SPANS: usize = 1_000;
    fn nest(depth: usize) {
        if depth > 0 {
            info_span!("deep", depth).in_scope(|| ours(|| nest(depth - 1)));
        }
    }
    let recorded = Recorded::new();
    recorded.run(|| {
        nest(SPANS / 10);
        let open: Vec<_> = (0..SPANS)
            .map(|number| info_span!("open", number))
            .collect();
        for span in &open {
            span.in_scope(|| info!("said"));
        }
    });
    let spans = recorded.spans();
    let deep = spans.iter().filter(|span| span.name == "deep");
    let roots = deep
        .clone()
        .filter(|span| span.parent_span_id == SpanId::INVALID);
    assert_eq!((deep.count(), roots.count()), (SPANS / 10, 1));
    let open = spans.iter().filter(|span| span.name == "open");
    let mut numbers: Vec<_> = open
        .filter(|span| event_names(span) == ["said"])
        .map(|span| attribute(span, "number").expect("it has one"))
        .collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), SPANS);
}

#[tokio::test]
async fn an_instrumented_future_keeps_its_parent_wherever_it_is_polled() {
    let recorded = Recorded::new();
    let subscriber = tracing_subscriber::registry().with(recorded.engine.layer());
    let dispatch = tracing::Dispatch::new(subscriber);
    let _default = tracing::dispatcher::set_default(&dispatch);
    let future = ours(|| {
        async {
            tokio::task::yield_now().await;
            info_span!("late");
        }
        .instrument(info_span!("future"))
    });
    info_span!("elsewhere").in_scope(|| {});
    future.await;
    let future = recorded.span("future");
    assert!(is_below(&future, &recorded.span("ours")));
    assert!(is_below(&recorded.span("late"), &future));
}
