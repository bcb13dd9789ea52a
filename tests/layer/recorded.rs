//! An engine with its exporter in memory, for tests that put a subscriber together themselves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing::Subscriber;
use tracing_relay::engine::{Builder, Engine};
use tracing_relay::testing::Pipeline;
use tracing_subscriber::layer::SubscriberExt as _;

const PATIENCE: Duration = Duration::from_secs(10);

/// Keeps what it is given, also after its shutdown.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().expect("nobody panics here").extend(batch);
        Ok(())
    }
}

pub(crate) struct Recorded {
    pub(crate) engine: Engine,
    exporter: Kept,
}

impl Recorded {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(set: impl FnOnce(Builder) -> Builder) -> Self {
        // Keeps callsites from being disabled by threads of other tests.
        let _ = Pipeline::new().build();
        let exporter = Kept::default();
        let builder = Engine::builder()
            .with_exporter(exporter.clone())
            .with_threads(false);
        Self {
            engine: set(builder).build().expect("a thread can be started"),
            exporter,
        }
    }

    /// Runs `f` with the engine's layer alone.
    pub(crate) fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let subscriber = tracing_subscriber::registry().with(self.engine.layer());
        run_with(subscriber, f)
    }

    /// What was exported, in the order of the ends.
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        assert!(self.engine.flush(PATIENCE), "the export takes too long");
        self.exporter.0.lock().expect("nobody panics there").clone()
    }

    /// The names, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .spans()
            .into_iter()
            .map(|span| span.name.into_owned())
            .collect();
        names.sort();
        names
    }

    /// The only span of this name.
    #[track_caller]
    pub(crate) fn span(&self, name: &str) -> SpanData {
        let mut found: Vec<_> = self
            .spans()
            .into_iter()
            .filter(|span| span.name == name)
            .collect();
        assert_eq!(found.len(), 1, "spans `{name}`");
        found.remove(0)
    }
}

pub(crate) fn run_with<R>(
    subscriber: impl Subscriber + Send + Sync + 'static,
    f: impl FnOnce() -> R,
) -> R {
    tracing::subscriber::with_default(subscriber, f)
}

/// Whether one span is the parent of another, in one trace.
pub(crate) fn is_below(child: &SpanData, parent: &SpanData) -> bool {
    child.parent_span_id == parent.span_context.span_id()
        && child.span_context.trace_id() == parent.span_context.trace_id()
}

pub(crate) fn attribute(span: &SpanData, key: &str) -> Option<String> {
    let mut found = span
        .attributes
        .iter()
        .filter(|attribute| attribute.key.as_str() == key);
    let value = found.next().map(|attribute| attribute.value.to_string());
    assert!(found.next().is_none(), "`{key}` is there twice");
    value
}

pub(crate) fn event_names(span: &SpanData) -> Vec<&str> {
    span.events.iter().map(|event| &*event.name).collect()
}
