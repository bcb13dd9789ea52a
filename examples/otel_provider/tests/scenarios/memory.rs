//! Sessions whose telemetry stays in this process.

use otel_provider::agent::Agent;
use otel_provider::{
    OtelExporter, OtelInMemory, OtelProvider, OtelSettings, SessionMetadata, SessionTelemetry,
};
use tokio::runtime::{Builder, Runtime};
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt as _;

pub(crate) const PROMPT: &str = "where is the golden key?";

/// All three signals into this process.
pub(crate) fn in_memory() -> (OtelInMemory, OtelProvider) {
    let memory = OtelInMemory::default();
    let exporter = || OtelExporter::InMemory(memory.clone());
    let settings = OtelSettings {
        exporter: exporter(),
        trace_exporter: exporter(),
        metrics_exporter: exporter(),
        ..OtelSettings::default()
    };
    let provider = OtelProvider::from(&settings).unwrap().unwrap();
    (memory, provider)
}

pub(crate) fn dispatch(provider: &OtelProvider) -> Dispatch {
    let subscriber = tracing_subscriber::registry()
        .with(provider.tracing_layer())
        .with(provider.logger_layer());
    Dispatch::new(subscriber)
}

pub(crate) fn session(id: &str, log_user_prompts: bool) -> SessionTelemetry {
    SessionTelemetry::new(SessionMetadata {
        conversation_id: id.into(),
        model: "example-1".into(),
        auth_mode: None,
        originator: "a test".into(),
        terminal: "dumb".into(),
        log_user_prompts,
    })
}

/// One turn in this session.
pub(crate) async fn turn(session: SessionTelemetry) {
    assert_eq!(Agent::new(session).turn(PROMPT).await, 1);
}

/// The same for a whole session on this thread.
pub(crate) fn play(provider: &OtelProvider, session: SessionTelemetry) {
    let runtime = Builder::new_current_thread().build().unwrap();
    tracing::dispatcher::with_default(&dispatch(provider), || runtime.block_on(turn(session)));
}

pub(crate) fn runtimes() -> Vec<Runtime> {
    let mut runtimes = vec![Builder::new_current_thread().build().unwrap()];
    for workers in [1, 2] {
        let mut builder = Builder::new_multi_thread();
        runtimes.push(builder.worker_threads(workers).build().unwrap());
    }
    runtimes
}
