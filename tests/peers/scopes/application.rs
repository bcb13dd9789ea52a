//! The process of a case: an application with its tracing, and scopes that are installed there.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SdkTracerProvider, SpanData, SpanExporter};
use tracing::level_filters::LevelFilter;
use tracing_relay::TraceScope;
use tracing_relay::engine::Engine;
use tracing_relay::scope::Installation;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub(crate) static RELAY: TraceScope = TraceScope::new("relay");
pub(crate) static SECOND: TraceScope = TraceScope::new("second");

const LONG: Duration = Duration::from_secs(30);

/// The tracing of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracing {
    /// Nobody listens.
    None,
    /// tracing-opentelemetry with its defaults.
    OpenTelemetry,
    /// The engine of this crate, without context activation.
    Engine,
    /// Log lines, to nowhere.
    Fmt,
}

/// What is set up in the process of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetUp {
    pub(crate) tracing: Tracing,
    pub(crate) scopes: usize,
    /// Whether an operation runs on another thread.
    pub(crate) busy: bool,
}

impl SetUp {
    pub(crate) const fn new(tracing: Tracing, scopes: usize) -> Self {
        Self {
            tracing,
            scopes,
            busy: false,
        }
    }

    pub(crate) const fn busy(self) -> Self {
        Self { busy: true, ..self }
    }
}

/// Drops what it gets.
#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

/// An application that runs.
pub(crate) struct Application {
    provider: Option<SdkTracerProvider>,
    engine: Option<Engine>,
    scopes: Vec<Installation>,
    /// The thread of the operation that runs elsewhere, until the sender is dropped.
    operation: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

/// What is measured is at `INFO`; what is below that, or in `quiet`, is disabled. Something else is enabled
/// at `DEBUG`, so that the level alone does not tell.
fn filter() -> Targets {
    Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("quiet", LevelFilter::WARN)
        .with_target("verbose", LevelFilter::DEBUG)
}

impl Application {
    pub(crate) fn start(set_up: SetUp) -> Self {
        let mut application = Self {
            provider: None,
            engine: None,
            scopes: Vec::new(),
            operation: None,
        };
        let registry = tracing_subscriber::registry();
        match set_up.tracing {
            Tracing::None => {}
            Tracing::OpenTelemetry => {
                let processor = BatchSpanProcessor::builder(Nowhere).build();
                let provider = SdkTracerProvider::builder()
                    .with_span_processor(processor)
                    .build();
                let tracer = provider.tracer("application");
                let layer = tracing_opentelemetry::layer().with_tracer(tracer);
                registry.with(layer.with_filter(filter())).init();
                application.provider = Some(provider);
            }
            Tracing::Engine => {
                let engine = Engine::builder()
                    .with_exporter(Nowhere)
                    .with_context_activation(false)
                    .build()
                    .expect("a thread for the exporter");
                registry.with(engine.filtered_layer(filter())).init();
                application.engine = Some(engine);
            }
            Tracing::Fmt => {
                let lines = fmt::layer().with_writer(std::io::sink);
                registry.with(lines.with_filter(filter())).init();
            }
        }
        let scopes = [&RELAY, &SECOND].into_iter().take(set_up.scopes);
        application.scopes = scopes
            .map(|scope| {
                scope
                    .install(Engine::builder().with_exporter(Nowhere))
                    .expect("a thread for the exporter")
            })
            .collect();
        application.operation = set_up.busy.then(operation);
        application
    }

    /// Waits until what has ended is exported.
    pub(crate) fn flush(&self) {
        if let Some(provider) = &self.provider {
            provider.force_flush().expect("an export that cannot fail");
        }
        let engines = self.engine.iter().map(|engine| engine.flush(LONG));
        let scopes = self.scopes.iter().map(|scope| scope.flush(LONG));
        assert!(
            engines.chain(scopes).all(|flushed| flushed),
            "the exporter drops all"
        );
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.operation.take() {
            drop(end);
            thread.join().expect("an operation that does not panic");
        }
    }
}

/// Runs in a scope on a thread of its own.
fn operation() -> (mpsc::Sender<()>, JoinHandle<()>) {
    let (end, ends) = mpsc::channel();
    let (runs, is_running) = mpsc::channel();
    let thread = thread::spawn(move || {
        RELAY.run(|| {
            runs.send(()).expect("who waits for it");
            // Nothing is sent: this is the end of the application.
            assert!(ends.recv().is_err());
        });
    });
    is_running.recv().expect("an operation");
    (end, thread)
}
