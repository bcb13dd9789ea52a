//! Links of annotated functions on the engine: its limits, and what is not read.

use std::cell::Cell;

use opentelemetry_sdk::trace::InMemorySpanExporter;
use tracing::level_filters::LevelFilter;
use tracing_relay::engine::{Engine, Limits};
use tracing_relay::{Attempt, Links, SpanLinks, TraceContext, traced};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::exporter::LONG;

#[traced(links = batch)]
fn process(batch: &[TraceContext]) -> usize {
    batch.len()
}

fn batch(numbers: std::ops::RangeInclusive<u64>) -> Vec<TraceContext> {
    let context = |number| format!("00-{:032x}-{number:016x}-01", u128::MAX);
    numbers
        .map(|number| context(number).parse().expect("a context"))
        .collect()
}

/// The links of one span, and how many were dropped.
fn links(limits: Limits, numbers: std::ops::RangeInclusive<u64>) -> (usize, u32) {
    let exporter = InMemorySpanExporter::default();
    let engine = Engine::builder()
        .with_exporter(exporter.clone())
        .with_limits(limits)
        .build()
        .expect("there are threads");
    let subscriber = tracing_subscriber::registry().with(engine.layer());
    tracing::subscriber::with_default(subscriber, || process(&batch(numbers)));
    assert!(engine.flush(LONG));
    let spans = exporter.get_finished_spans().expect("it was not shut down");
    let [span] = spans.as_slice() else {
        panic!("one span: {spans:?}");
    };
    (span.links.len(), span.links.dropped_count)
}

#[test]
fn links_over_the_limit_are_dropped_and_counted() {
    assert_eq!(links(Limits::default(), 1..=128), (128, 0));
    assert_eq!(links(Limits::default(), 1..=130), (128, 2));
    assert_eq!(links(Limits::default(), 1..=2_000), (128, 1_872));
    let mut limits = Limits::default();
    limits.links = 3;
    assert_eq!(links(limits, 1..=5), (3, 2));
    limits.links = 1_000_000;
    assert_eq!(links(limits, 1..=2_000), (1_024, 976));
}

#[test]
fn links_are_not_evaluated_where_the_subscriber_of_the_engine_filters_the_span_out() {
    thread_local! {
        static ASKED: Cell<u32> = const { Cell::new(0) };
    }

    struct Watched(Attempt);

    impl SpanLinks for Watched {
        fn add_to(&self, links: &mut Links) {
            self.0.add_to(links);
        }
    }

    #[traced(level = "debug", links = watched(attempt))]
    fn step(attempt: &Attempt) {
        let _ = attempt;
    }

    fn watched(attempt: &Attempt) -> Watched {
        ASKED.set(ASKED.get() + 1);
        Watched(attempt.clone())
    }

    let attempt = Attempt::first();
    let call = |level| {
        let engine = Engine::builder()
            .with_exporter(InMemorySpanExporter::default())
            .build()
            .expect("there are threads");
        let subscriber = tracing_subscriber::registry()
            .with(engine.layer())
            .with(level);
        tracing::subscriber::with_default(subscriber, || step(&attempt));
        (ASKED.get(), attempt.context().is_some())
    };
    assert_eq!(call(LevelFilter::INFO), (0, false));
    assert_eq!(call(LevelFilter::DEBUG), (1, true));
}
