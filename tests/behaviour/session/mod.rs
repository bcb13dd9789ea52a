//! Sessions: what has their attributes, where they go, and that none leaks into another one.

mod concurrent;
mod entering;
mod moving;
mod recorded;

use tracing_relay::testing::{Pipeline, PipelineEngine, Span, Traces, Value};
use tracing_relay::{SessionTelemetry, traced};

const ENGINES: [PipelineEngine; 2] = [PipelineEngine::Own, PipelineEngine::TracingOpentelemetry];

/// Both engines, with and without activation of contexts.
fn pipelines() -> impl Iterator<Item = Pipeline> {
    ENGINES.into_iter().flat_map(|engine| {
        [true, false].map(|activate| Pipeline::new().engine(engine).context_activation(activate))
    })
}

fn own() -> Pipeline {
    Pipeline::new().engine(PipelineEngine::Own)
}

fn session(id: i64) -> SessionTelemetry {
    SessionTelemetry::new().with("session.id", id)
}

/// The id of the session that is current here.
fn current() -> Option<i64> {
    let session = SessionTelemetry::current();
    let mut ids = session
        .attributes()
        .filter(|(key, _)| *key == "session.id")
        .map(|(_, value)| match value {
            tracing_relay::AttributeValue::I64(id) => id,
            other => panic!("no number: {other:?}"),
        });
    ids.next()
}

/// The id of the session that a span has.
#[track_caller]
fn id_of(span: &Span) -> Option<i64> {
    let mut ids = span
        .attributes()
        .iter()
        .filter(|(key, _)| key == "session.id");
    let id = ids.next().map(|(_, id)| match id {
        Value::I64(id) => *id,
        other => panic!("no number: {other}"),
    });
    assert_eq!(ids.next(), None, "it is exported once");
    id
}

/// The ids of the sessions of all spans, with their names, in the order of their ends.
fn ids(traces: &Traces) -> Vec<(String, Option<i64>)> {
    let spans = traces.spans();
    spans
        .iter()
        .map(|span| (span.name().to_owned(), id_of(span)))
        .collect()
}

#[track_caller]
fn assert_ids(traces: &Traces, expected: &[(&str, Option<i64>)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, id)| ((*name).to_owned(), *id))
        .collect();
    assert_eq!(ids(traces), expected);
}

#[traced]
fn step() {}

#[traced]
async fn step_async() {
    tokio::task::yield_now().await;
    step();
}
