//! Sessions of the application and of a component: neither is seen in the spans of the other.

use opentelemetry::Value;
use opentelemetry_sdk::trace::SpanData;
use tracing::info_span;
use tracing_relay::scope::{outside, run_outside};
use tracing_relay::task;
use tracing_relay::testing::{Pipeline, PipelineEngine};
use tracing_relay::{SessionTelemetry, TraceScope, relay_traced, traced};

use crate::support::{Installed, block_on, named, yield_now};

fn session(id: &'static str) -> SessionTelemetry {
    SessionTelemetry::new().with("session.id", id)
}

/// The session that a span of a scope has.
fn id_of(span: &SpanData) -> Option<&str> {
    let mut attributes = span.attributes.iter();
    let id = attributes.find(|attribute| attribute.key.as_str() == "session.id")?;
    match &id.value {
        Value::String(id) => Some(id.as_str()),
        other => panic!("no text: {other:?}"),
    }
}

#[traced]
fn step() {}

#[traced(name = "callback")]
fn callback() {}

fn pipelines() -> impl Iterator<Item = Pipeline> {
    [PipelineEngine::Own, PipelineEngine::TracingOpentelemetry]
        .into_iter()
        .map(|engine| Pipeline::new().engine(engine))
}

#[test]
fn the_session_of_the_application_is_not_in_the_scope_and_comes_back_outside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.connect")]
    async fn connect() {
        assert!(SessionTelemetry::current().is_empty());
        yield_now().await;
        step();
        info_span!("library").in_scope(|| tracing::info!("connected"));
        outside(async {
            yield_now().await;
            callback();
        })
        .await;
        task::TaskContext::current().run(|| {
            step();
            run_outside(callback);
        });
    }

    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let installed = Installed::new(&RELAY);
            block_on(session("application").instrument(connect()));
            assert!(SessionTelemetry::current().is_empty());
            let spans = installed.uninstall();
            assert_eq!(spans.len(), 4);
            assert!(spans.iter().all(|span| id_of(span).is_none()), "{spans:?}");
            let callbacks = traces.spans();
            assert_eq!(callbacks.len(), 2);
            for span in callbacks {
                assert_eq!(span.attribute("session.id"), Some(&"application".into()));
            }
        });
    }
}

#[test]
fn the_session_of_a_component_is_in_its_own_spans_alone() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.connect", session = session("component"))]
    fn connect() {
        step();
        info_span!("library").in_scope(|| {});
        run_outside(|| {
            assert!(SessionTelemetry::current().is_empty());
            callback();
            // An operation outside begins anew.
            other();
        });
    }

    #[relay_traced(scope = RELAY, name = "relay.other")]
    fn other() {}

    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let installed = Installed::new(&RELAY);
            connect();
            let spans = installed.uninstall();
            for name in ["relay.connect", "step", "library"] {
                assert_eq!(id_of(named(&spans, name)), Some("component"), "{name}");
            }
            assert_eq!(id_of(named(&spans, "relay.other")), None);
            assert_eq!(traces.span("callback").attribute("session.id"), None);
        });
    }
}

#[test]
fn both_have_their_own_at_the_same_time() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.connect", session = session("component"))]
    async fn connect() {
        yield_now().await;
        step();
        outside(async { callback() }).await;
        step();
    }

    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let installed = Installed::new(&RELAY);
            block_on(session("application").instrument(async {
                connect().await;
                callback();
            }));
            let spans = installed.uninstall();
            assert_eq!(spans.len(), 3);
            for span in &spans {
                assert_eq!(id_of(span), Some("component"), "{}", span.name);
            }
            for span in traces.spans() {
                assert_eq!(span.attribute("session.id"), Some(&"application".into()));
            }
        });
    }
}

#[test]
fn where_the_scope_is_not_installed_an_operation_is_in_the_session_of_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.connect")]
    fn connect() {}

    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            session("application").run(connect);
            let span = traces.span("relay.connect");
            assert_eq!(span.attribute("session.id"), Some(&"application".into()));
        });
    }
}

#[test]
fn a_log_line_in_a_scope_has_the_session_of_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.connect", session = session("component"))]
    fn connect() {
        tracing::info!("connected");
    }

    Pipeline::new()
        .engine(PipelineEngine::Own)
        .run_sync(|traces| {
            let installed = Installed::new(&RELAY);
            session("application").run(|| info_span!("around").in_scope(connect));
            drop(installed.uninstall());
            let around = traces.span("around");
            let event = &around.events()[0];
            let ids = event
                .attributes()
                .iter()
                .filter(|(key, _)| key == "session.id");
            let ids: Vec<_> = ids.map(|(_, id)| id.to_string()).collect();
            assert_eq!(ids, ["\"application\""]);
        });
}
