//! What is said in an event is in a trace only where it is meant to be.

use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SpanData};
use tracing::{Level, error, event, info, info_span};
use tracing_relay::engine::Engine;
use tracing_relay::telemetry::{Builder, Telemetry};
use tracing_relay::{otel, traced};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use super::{Logged, text};
use crate::child::LONG;

const PROMPT: &str = "tell me a secret";

#[traced]
fn answer() {
    info!(prompt = PROMPT, "asked: {PROMPT}");
    event!(target: "audit::access", Level::INFO, user = 7, "read");
    otel::add_event("by hand", Vec::new());
    info_span!("library").in_scope(|| info!("also asked: {PROMPT}"));
}

/// The spans of what `f` does, and what was logged.
fn spans(
    logged: &Logged,
    set_up: impl FnOnce(Builder) -> Builder,
    f: impl FnOnce(),
) -> Vec<SpanData> {
    let exporter = InMemorySpanExporter::default();
    let builder = Telemetry::builder("privacy").with_exporter(exporter.clone());
    let telemetry = set_up(builder).build().unwrap();
    let subscriber = tracing_subscriber::registry()
        .with(telemetry.layer())
        .with(logged.telemetry.logs_layer());
    tracing::subscriber::with_default(subscriber, f);
    assert!(telemetry.flush(LONG));
    exporter.get_finished_spans().unwrap()
}

fn events(span: &SpanData) -> Vec<&str> {
    let events = span.events.events.iter();
    events.map(|event| event.name.as_ref()).collect()
}

#[test]
fn prompt_text_in_an_event_is_in_the_log_and_not_in_the_exported_trace() {
    let logged = Logged::new();
    let spans = spans(&logged, |builder| builder, answer);
    assert_eq!(spans.len(), 2);
    assert!(!format!("{spans:?}").contains(PROMPT), "{spans:?}");
    // What a function says to its span is in the span.
    assert_eq!(events(&spans[1]), ["by hand"]);
    let records = logged.records();
    assert_eq!(records.len(), 3);
    assert_eq!(records[0].body(), Some(&text("asked: tell me a secret")));
    for record in &records[..2] {
        let context = record.trace_context().unwrap();
        assert_eq!(context.span_id, spans[1].span_context.span_id());
        assert_eq!(context.trace_id, spans[1].span_context.trace_id());
    }
}

#[test]
fn events_of_allowed_targets_are_in_the_trace_too() {
    let logged = Logged::new();
    let audit = Targets::new().with_target("audit", LevelFilter::INFO);
    let spans = spans(&logged, |builder| builder.with_event_targets(audit), answer);
    assert!(!format!("{spans:?}").contains(PROMPT), "{spans:?}");
    assert_eq!(events(&spans[1]), ["read", "by hand"]);
    assert_eq!(logged.records().len(), 3);
}

#[test]
fn an_error_that_may_not_be_told_still_marks_its_span_as_failed() {
    let logged = Logged::new();
    let spans = spans(
        &logged,
        |builder| builder,
        || {
            info_span!("theirs").in_scope(|| error!(error = PROMPT, "failed: {PROMPT}"));
        },
    );
    assert_eq!(spans[0].status, Status::error(""));
    assert!(!format!("{spans:?}").contains(PROMPT), "{spans:?}");
    assert_eq!(logged.records().len(), 1);
}

#[test]
fn what_may_not_be_told_is_not_even_looked_at() {
    struct Looked<'a>(&'a std::cell::Cell<u32>);

    impl std::fmt::Debug for Looked<'_> {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.set(self.0.get() + 1);
            Ok(())
        }
    }

    let telemetry = Telemetry::builder("privacy")
        .with_exporter(InMemorySpanExporter::default())
        .build()
        .unwrap();
    let looked = std::cell::Cell::new(0);
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, || {
        info_span!("theirs").in_scope(|| {
            assert!(!tracing::event_enabled!(Level::INFO));
            info!(value = ?Looked(&looked));
            error!(value = ?Looked(&looked));
        });
    });
    assert_eq!(looked.get(), 0);
}

#[test]
fn the_engine_alone_has_all_events_unless_it_is_told_not_to() {
    for (targets, expected) in [
        (None, 2),
        (
            Some(Targets::new().with_target("audit", LevelFilter::INFO)),
            1,
        ),
    ] {
        let exporter = InMemorySpanExporter::default();
        let mut builder = Engine::builder().with_exporter(exporter.clone());
        if let Some(targets) = targets {
            builder = builder.with_event_targets(targets);
        }
        let engine = builder.build().unwrap();
        let subscriber = tracing_subscriber::registry().with(engine.layer());
        tracing::subscriber::with_default(subscriber, || {
            info_span!("theirs").in_scope(|| {
                info!("of another");
                event!(target: "audit", Level::INFO, "of an allowed one");
            });
        });
        assert!(engine.flush(LONG));
        let spans = exporter.get_finished_spans().unwrap();
        assert_eq!(spans[0].events.events.len(), expected);
    }
}
