//! Spans of ours through the OpenTelemetry API: as the active span of a context, by `SpanExt`, by the functions of
//! `otel`, and what is said about them elsewhere.

mod contexts;
mod elsewhere;
mod running;
mod span_ext;

use tracing_relay::testing::{Event, Pipeline, PipelineEngine, Span, Value};

const ENGINES: [PipelineEngine; 2] = [PipelineEngine::Own, PipelineEngine::TracingOpentelemetry];

/// Both engines, with and without activation.
fn pipelines() -> impl Iterator<Item = Pipeline> {
    ENGINES.into_iter().flat_map(|engine| {
        [true, false].map(|activate| Pipeline::new().engine(engine).context_activation(activate))
    })
}

fn own() -> Pipeline {
    Pipeline::new().engine(PipelineEngine::Own)
}

fn events(span: &Span) -> Vec<&str> {
    span.events().iter().map(Event::name).collect()
}

fn text(value: &str) -> Value {
    value.into()
}
