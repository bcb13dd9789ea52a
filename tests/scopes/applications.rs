//! The applications that a component finds itself in, and the runtimes that they run on.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::trace::{
    FutureExt as _, SpanContext, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanData};
use tracing::dispatcher::{self, DefaultGuard};
use tracing::level_filters::LevelFilter;
use tracing::span::Id;
use tracing::{Dispatch, Instrument as _, info_span};
use tracing_relay::engine::Engine;
use tracing_relay::testing::Pipeline;
use tracing_relay::{TraceId, current_baggage, current_trace_id};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt as lines, registry, reload};

use crate::support::{Kept, LONG, block_on};

/// What an application traces with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// tracing-opentelemetry with its defaults.
    TracingOpentelemetry,
    /// The engine of this crate, which activates contexts or does not.
    Own {
        activates: bool,
    },
    /// Log lines only.
    Lines,
    /// tracing-opentelemetry behind `tracing_subscriber::reload`.
    Reload,
    /// tracing-opentelemetry and lines, with a filter each.
    Filters,
    /// The OpenTelemetry API and no subscriber.
    Api,
    Nothing,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::TracingOpentelemetry,
        Self::Own { activates: true },
        Self::Own { activates: false },
        Self::Lines,
        Self::Reload,
        Self::Filters,
        Self::Api,
        Self::Nothing,
    ];
}

/// An application with its own tracing.
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) kind: Kind,
    dispatch: Option<Dispatch>,
    tracer: Option<SdkTracer>,
    kept: Kept,
    /// Kept, because it ends when it is dropped.
    provider: Option<SdkTracerProvider>,
    engine: Option<Arc<Engine>>,
}

/// What is current for an application.
#[derive(Debug, PartialEq)]
pub(crate) struct Current {
    span: Option<Id>,
    otel: SpanContext,
    otel_baggage: String,
    trace: Option<TraceId>,
    baggage: String,
}

impl Current {
    pub(crate) fn now() -> Self {
        let otel = Context::current();
        Self {
            span: tracing::Span::current().id(),
            otel: otel.span().span_context().clone(),
            otel_baggage: otel.baggage().to_string(),
            trace: current_trace_id(),
            baggage: current_baggage().to_string(),
        }
    }
}

impl Application {
    pub(crate) fn new(kind: Kind) -> Self {
        // Callsites that a test reaches first are not disabled for the others.
        drop(Pipeline::new().build());
        let kept = Kept::default();
        let mut application = Self {
            kind,
            dispatch: None,
            tracer: None,
            kept: kept.clone(),
            provider: None,
            engine: None,
        };
        match kind {
            Kind::Nothing => {}
            Kind::Lines => {
                let lines = lines::layer().with_writer(std::io::sink);
                application.dispatch = Some(Dispatch::new(registry().with(lines)));
            }
            Kind::Own { activates } => {
                let engine = Engine::builder()
                    .with_exporter(kept)
                    .with_context_activation(activates)
                    .build()
                    .expect("a thread can be started");
                application.dispatch = Some(Dispatch::new(registry().with(engine.layer())));
                application.engine = Some(Arc::new(engine));
            }
            Kind::TracingOpentelemetry | Kind::Reload | Kind::Filters | Kind::Api => {
                let provider = SdkTracerProvider::builder()
                    .with_simple_exporter(kept)
                    .build();
                let tracer = provider.tracer("application");
                let layer = tracing_opentelemetry::layer().with_tracer(tracer.clone());
                application.dispatch = match kind {
                    Kind::Api => None,
                    Kind::Reload => {
                        let (layer, _) = reload::Layer::new(layer);
                        Some(Dispatch::new(registry().with(layer)))
                    }
                    Kind::Filters => {
                        let lines = lines::layer().with_writer(std::io::sink);
                        let subscriber = registry()
                            .with(layer.with_filter(LevelFilter::INFO))
                            .with(lines.with_filter(LevelFilter::WARN));
                        Some(Dispatch::new(subscriber))
                    }
                    _ => Some(Dispatch::new(registry().with(layer))),
                };
                application.tracer = Some(tracer);
                application.provider = Some(provider);
            }
        }
        application
    }

    /// Whether any of its spans is exported.
    pub(crate) fn exports(&self) -> bool {
        !matches!(self.kind, Kind::Lines | Kind::Nothing)
    }

    /// Whether spans of `tracing` are exported.
    pub(crate) fn exports_tracing(&self) -> bool {
        self.exports() && self.dispatch.is_some()
    }

    /// Makes its subscriber that of this thread.
    pub(crate) fn attach(&self) -> Option<DefaultGuard> {
        self.dispatch.as_ref().map(dispatcher::set_default)
    }

    pub(crate) fn spans(&self) -> Vec<SpanData> {
        if let Some(engine) = &self.engine {
            assert!(engine.flush(LONG));
        }
        self.kept.spans()
    }

    /// Runs a part of the application in a span of its own.
    pub(crate) async fn around<F: Future>(&self, part: F) -> F::Output {
        match (&self.tracer, self.kind) {
            (Some(tracer), Kind::Api) => {
                let span = tracer.start("user.around");
                let context = Context::current_with_span(span);
                part.with_context(context).await
            }
            _ => part.instrument(info_span!("user.around")).await,
        }
    }

    /// Ordinary work of the application.
    pub(crate) fn work(&self) {
        info_span!("user.span").in_scope(instrumented);
        if let Some(tracer) = &self.tracer {
            tracer.in_span("user.api", |_| {
                info_span!("user.in_api").in_scope(|| {});
            });
        }
    }

    /// A library that is called anywhere, and opens a span with the application's tracer. Inside of a scope it is the
    /// root of a trace in the application.
    pub(crate) fn api(&self) {
        if let Some(tracer) = &self.tracer {
            tracer.in_span("user.root", |context| {
                let context = context.span().span_context().clone();
                assert!(context.is_valid());
            });
        }
    }

    /// A span with a number: where another with the same number is, there nothing has changed in between.
    pub(crate) fn probe(&self, number: i64) {
        match (&self.tracer, self.kind) {
            (Some(tracer), Kind::Api) => {
                let number = KeyValue::new("number", number);
                let builder = tracer.span_builder("user.probe");
                drop(builder.with_attributes([number]).start(tracer));
            }
            _ => info_span!("user.probe", number).in_scope(|| {}),
        }
    }

    /// Nothing of what is current for the application changes.
    pub(crate) async fn unchanged<F: Future>(&self, part: F) -> F::Output {
        static NEXT: AtomicI64 = AtomicI64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.probe(number);
        let before = Current::now();
        let output = part.await;
        assert_eq!(Current::now(), before);
        self.probe(number);
        output
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

#[tracing::instrument(name = "user.instrumented")]
fn instrumented() {
    tracing::info!("work");
}

/// What a program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    Without,
    CurrentThread,
    LocalSet,
    Workers(usize),
}

impl Runtime {
    pub(crate) const ALL: [Self; 6] = [
        Self::Without,
        Self::CurrentThread,
        Self::LocalSet,
        Self::Workers(1),
        Self::Workers(2),
        Self::Workers(4),
    ];

    /// Whether it is one of tokio, with its tasks and timers.
    pub(crate) const fn is_tokio(self) -> bool {
        !matches!(self, Self::Without)
    }

    /// Runs a program, as a task where there are any, with the application's subscriber on every thread.
    pub(crate) fn run<F>(self, application: &Application, program: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let _attached = application.attach();
        let mut builder = match self {
            Self::Without => {
                block_on(program);
                return;
            }
            Self::CurrentThread | Self::LocalSet => tokio::runtime::Builder::new_current_thread(),
            Self::Workers(count) => {
                let mut builder = tokio::runtime::Builder::new_multi_thread();
                builder.worker_threads(count);
                builder
            }
        };
        let of_threads = application.clone();
        let runtime = builder
            .enable_all()
            .on_thread_start(move || ATTACHED.set(of_threads.attach()))
            .on_thread_stop(|| ATTACHED.set(None))
            .build()
            .expect("a runtime can be built");
        runtime.block_on(async {
            let program = in_time(program);
            match self {
                Self::LocalSet => {
                    let local = tokio::task::LocalSet::new();
                    local
                        .run_until(async { tokio::task::spawn_local(program).await })
                        .await
                }
                Self::Workers(_) => tokio::spawn(program).await,
                _ => {
                    program.await;
                    Ok(())
                }
            }
            .expect("the program does not panic");
        });
    }
}

async fn in_time(program: impl Future<Output = ()>) {
    let done = tokio::time::timeout(LONG, program).await;
    assert!(done.is_ok(), "it takes too long");
}

thread_local! {
    /// What keeps the subscriber on a thread of a runtime.
    static ATTACHED: std::cell::RefCell<Option<DefaultGuard>> = const { std::cell::RefCell::new(None) };
}

/// Polls `one` and `other` in turns until both are ready.
pub(crate) async fn in_turns(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let mut one = Box::pin(one);
    let mut other = Box::pin(other);
    let (mut one_ready, mut other_ready) = (false, false);
    poll_fn(move |cx| {
        one_ready = one_ready || one.as_mut().poll(cx).is_ready();
        other_ready = other_ready || other.as_mut().poll(cx).is_ready();
        if one_ready && other_ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
