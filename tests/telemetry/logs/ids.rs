//! The ids of a record are those of the span that its event is in.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SimpleSpanProcessor};
use tokio::runtime::Builder;
use tracing::{Dispatch, Span, info, info_span};
use tracing_relay::engine::{Engine, Sampler};
use tracing_relay::scope::run_outside;
use tracing_relay::{TraceContext, TraceScope, current_context, relay_traced, task, traced};
use tracing_subscriber::layer::SubscriberExt as _;

use super::Logged;
use crate::child::LONG;

/// What records the spans.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Own { activates: bool },
    Theirs { activates: bool },
}

const KINDS: [Kind; 4] = [
    Kind::Own { activates: true },
    Kind::Own { activates: false },
    Kind::Theirs { activates: true },
    Kind::Theirs { activates: false },
];

/// Ends what records the spans when it is dropped.
#[expect(dead_code, reason = "kept as long as spans are recorded")]
enum Recording {
    Own(Engine),
    Theirs(SdkTracerProvider),
}

/// A subscriber that records spans and logs.
fn subscriber(kind: Kind, logged: &Logged) -> (Dispatch, Recording) {
    let telemetry = &logged.telemetry;
    match kind {
        Kind::Own { activates } => {
            let engine = Engine::builder()
                .with_context_activation(activates)
                .with_exporter(InMemorySpanExporter::default())
                .build()
                .unwrap();
            let subscriber = tracing_subscriber::registry()
                .with(engine.layer())
                .with(telemetry.logs_layer());
            (subscriber.into(), Recording::Own(engine))
        }
        Kind::Theirs { activates } => {
            let exporter = SimpleSpanProcessor::new(InMemorySpanExporter::default());
            let provider = SdkTracerProvider::builder()
                .with_span_processor(exporter)
                .build();
            let layer = tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("theirs"))
                .with_context_activation(activates);
            let subscriber = tracing_subscriber::registry()
                .with(telemetry.logs_layer())
                .with(layer);
            (subscriber.into(), Recording::Theirs(provider))
        }
    }
}

/// What an event had around it: the context there, by what the event says.
fn said(place: &'static str) -> (&'static str, Option<TraceContext>) {
    info!("{place}");
    (place, current_context())
}

/// Compares the records with what was current where they were made.
fn assert_ids(kind: Kind, logged: &Logged, expected: &[(&'static str, Option<TraceContext>)]) {
    let records = logged.records();
    assert_eq!(records.len(), expected.len(), "{kind:?}");
    for (place, context) in expected {
        let record = records
            .iter()
            .find(|record| record.body() == Some(&super::text(place)))
            .unwrap();
        let found = record.trace_context().map(|found| {
            let flags = found.trace_flags.unwrap().to_u8();
            (found.trace_id.to_string(), found.span_id.to_string(), flags)
        });
        let context = context.as_ref().map(|context| {
            let (trace, span) = (context.trace_id(), context.span_id());
            (trace.to_string(), span.to_string(), context.flags().bits())
        });
        assert_eq!(found, context, "{kind:?} {place}");
    }
}

#[traced]
fn outer(found: &mut Vec<(&'static str, Option<TraceContext>)>) {
    found.push(said("in a function"));
    info_span!("theirs").in_scope(|| found.push(said("in a span of `tracing`")));
    inner(found);
    found.push(said("in the function again"));
}

#[traced]
fn inner(found: &mut Vec<(&'static str, Option<TraceContext>)>) {
    found.push(said("in another function"));
}

#[test]
fn they_are_there_with_context_activation_and_without() {
    for kind in KINDS {
        let logged = Logged::new();
        let (dispatch, _recording) = subscriber(kind, &logged);
        let mut found = Vec::new();
        tracing::dispatcher::with_default(&dispatch, || {
            found.push(said("outside"));
            outer(&mut found);
        });
        assert_eq!(found.len(), 5);
        assert!(found[0].1.is_none() && found[1..].iter().all(|(_, context)| context.is_some()));
        assert_ids(kind, &logged, &found);
    }
}

#[test]
fn the_parent_that_an_event_names_counts_and_so_does_none() {
    for kind in KINDS {
        let logged = Logged::new();
        let (dispatch, _recording) = subscriber(kind, &logged);
        let mut found = Vec::new();
        tracing::dispatcher::with_default(&dispatch, || {
            let other = info_span!(parent: None, "other");
            info_span!("around").in_scope(|| {
                info!(parent: &other, "in the other");
                info!(parent: Span::none(), "in none");
                info!(parent: None, "in none at all");
            });
            found.push(("in the other", other.in_scope(current_context)));
        });
        assert!(found[0].1.is_some(), "{kind:?}");
        found.extend([("in none", None), ("in none at all", None)]);
        assert_ids(kind, &logged, &found);
    }
}

#[test]
fn a_task_that_a_function_spawns_has_those_of_the_function() {
    #[traced]
    async fn request() -> Vec<(&'static str, Option<TraceContext>)> {
        let spawned = task::spawn(async {
            let first = said("in a task");
            tokio::task::yield_now().await;
            vec![first, said("in a task, later")]
        });
        let mut found = spawned.await.unwrap();
        found.push(said("behind the task"));
        found.push(
            task::detach(async { said("in a detached task") })
                .await
                .unwrap(),
        );
        found
    }

    for kind in KINDS {
        let logged = Logged::new();
        let (dispatch, _recording) = subscriber(kind, &logged);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .unwrap();
        let found = tracing::dispatcher::with_default(&dispatch, || runtime.block_on(request()));
        let ids: Vec<_> = found
            .iter()
            .map(|(_, context)| context.as_ref().map(TraceContext::span_id))
            .collect();
        assert!(
            ids[0].is_some() && ids[1] == ids[0] && ids[2] == ids[0],
            "{kind:?}"
        );
        assert_eq!(ids[3], None, "{kind:?}");
        assert_ids(kind, &logged, &found);
    }
}

#[test]
fn a_span_that_is_not_sampled_has_ids_and_no_flag() {
    #[traced]
    fn unsampled() -> (&'static str, Option<TraceContext>) {
        said("unsampled")
    }

    let logged = Logged::with(|builder| builder.with_sampler(Sampler::AlwaysOff));
    let telemetry = &logged.telemetry;
    let subscriber = tracing_subscriber::registry()
        .with(telemetry.layer())
        .with(telemetry.logs_layer());
    let found = tracing::subscriber::with_default(subscriber, unsampled);
    let record = logged.only();
    let flags = record.trace_context().unwrap().trace_flags.unwrap();
    assert!(!flags.is_sampled(), "{flags:?}");
    assert_ids(Kind::Own { activates: true }, &logged, &[found]);
}

#[test]
fn inside_of_a_scope_they_are_those_of_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[traced]
    fn request() -> Option<TraceContext> {
        operation();
        current_context()
    }

    #[relay_traced(scope = RELAY, name = "operation")]
    fn operation() {
        info!("in an operation");
        info_span!("library").in_scope(|| {
            info!("in a span of the scope");
            info!(parent: Span::current(), "with a parent in the scope");
        });
        run_outside(|| info!("in a callback"));
    }

    for kind in KINDS {
        let logged = Logged::new();
        let (dispatch, _recording) = subscriber(kind, &logged);
        let exporter = InMemorySpanExporter::default();
        let engine = Engine::builder().with_exporter(exporter);
        let installation = RELAY.install(engine).unwrap();
        let mut found = Vec::new();
        tracing::dispatcher::with_default(&dispatch, || {
            let context = request();
            assert!(context.is_some());
            for place in [
                "in an operation",
                "in a span of the scope",
                "with a parent in the scope",
                "in a callback",
            ] {
                found.push((place, context.clone()));
            }
        });
        assert!(installation.uninstall(LONG));
        assert_ids(kind, &logged, &found);
    }
}

#[test]
fn an_event_at_the_end_of_a_thread_panics_nowhere() {
    struct Logs(Dispatch);

    impl Drop for Logs {
        fn drop(&mut self) {
            tracing::dispatcher::with_default(&self.0, || info!("at the end"));
        }
    }

    thread_local! {
        static LOGS: std::cell::RefCell<Option<Logs>> = const { std::cell::RefCell::new(None) };
    }

    let logged = Logged::new();
    let (dispatch, _recording) = subscriber(KINDS[0], &logged);
    let at_the_end = Logs(dispatch.clone());
    std::thread::spawn(move || {
        // Destroyed after what is used for the first time behind it.
        LOGS.set(Some(at_the_end));
        tracing::dispatcher::with_default(&dispatch, || outer(&mut Vec::new()));
    })
    .join()
    .unwrap();
    // Where the subscriber of the thread is gone too, nobody gets that event.
    assert!(logged.records().len() >= 4);
}
