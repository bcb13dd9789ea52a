//! Where spans go: every engine hands them to a thread of its own, which gives them to the same exporter.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanData, SpanExporter,
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The way of spans out of the process.
#[derive(Debug)]
pub struct Pipeline {
    sink: Sink,
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    None,
    Sdk(SdkTracerProvider),
    Fastrace,
}

impl Pipeline {
    /// Nobody listens.
    #[must_use]
    pub fn none() -> Self {
        Self {
            sink: Sink::default(),
            engine: Engine::None,
        }
    }

    /// A tracer of the SDK, for those that use one.
    ///
    /// # Panics
    ///
    /// Where the pipeline is not that of the SDK.
    #[must_use]
    pub fn tracer(&self) -> SdkTracer {
        let Engine::Sdk(provider) = &self.engine else {
            panic!(
                "a pipeline of the SDK has tracers, {:?} has none",
                self.engine
            );
        };
        provider.tracer("peers")
    }

    /// Waits until what has ended is exported.
    pub(super) fn flush(&self) {
        match &self.engine {
            Engine::None => {}
            Engine::Sdk(provider) => provider.force_flush().expect("an export that cannot fail"),
            Engine::Fastrace => fastrace::flush(),
        }
    }

    /// Takes what was exported; from now on spans are counted and dropped.
    pub(super) fn take(&self) -> Vec<SpanData> {
        self.sink.kept().take().unwrap_or_default()
    }

    /// How many spans were exported, from the start.
    pub(super) fn exported(&self) -> u64 {
        self.sink.0.count.load(Ordering::Relaxed)
    }
}

/// An exporter that keeps what the check needs, and then nothing.
#[derive(Clone, Debug)]
struct Sink(Arc<Exported>);

#[derive(Debug)]
struct Exported {
    kept: Mutex<Option<Vec<SpanData>>>,
    count: AtomicU64,
}

impl Default for Sink {
    fn default() -> Self {
        Self(Arc::new(Exported {
            kept: Mutex::new(Some(Vec::new())),
            count: AtomicU64::new(0),
        }))
    }
}

impl Sink {
    fn kept(&self) -> MutexGuard<'_, Option<Vec<SpanData>>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanExporter for Sink {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0
            .count
            .fetch_add(batch.len() as u64, Ordering::Relaxed);
        if let Some(kept) = self.kept().as_mut() {
            kept.extend(batch);
        }
        Ok(())
    }
}

/// Whether roots are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampled {
    /// All of them.
    Yes,
    /// None of them.
    No,
}

/// The SDK with its batch processor, and the propagator that programs set.
#[must_use]
pub fn opentelemetry(sampled: Sampled) -> Pipeline {
    let sink = Sink::default();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(sink.clone()).build())
        .with_sampler(match sampled {
            Sampled::Yes => Sampler::ParentBased(Box::new(Sampler::AlwaysOn)),
            Sampled::No => Sampler::AlwaysOff,
        })
        .build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    opentelemetry::global::set_tracer_provider(provider.clone());
    Pipeline {
        sink,
        engine: Engine::Sdk(provider),
    }
}

/// tracing-opentelemetry as the only layer of the global subscriber.
#[derive(Clone, Copy, Debug)]
pub struct TracingOpenTelemetry {
    /// Whether roots are recorded.
    pub sampled: Sampled,
    /// The most detailed level that is.
    pub level: LevelFilter,
    /// Without everything that its options turn off.
    pub lean: bool,
}

impl TracingOpenTelemetry {
    /// Its defaults, where all spans are recorded.
    pub const DEFAULTS: Self = Self {
        sampled: Sampled::Yes,
        level: LevelFilter::INFO,
        lean: false,
    };

    /// Installs it.
    #[must_use]
    pub fn install(self) -> Pipeline {
        let pipeline = opentelemetry(self.sampled);
        let layer = tracing_opentelemetry::layer().with_tracer(pipeline.tracer());
        let layer = if self.lean {
            layer
                .with_location(false)
                .with_threads(false)
                .with_level(false)
                .with_target(false)
                .with_tracked_inactivity(false)
                .with_context_activation(false)
        } else {
            layer
        };
        tracing_subscriber::registry()
            .with(self.level)
            .with(layer)
            .init();
        pipeline
    }
}

/// fastrace with its reporter for OpenTelemetry.
#[must_use]
pub fn fastrace() -> Pipeline {
    let sink = Sink::default();
    let reporter = fastrace_opentelemetry::OpenTelemetryReporter::new(
        sink.clone(),
        Cow::Owned(Resource::builder().build()),
        InstrumentationScope::builder("peers").build(),
    );
    fastrace::set_reporter(reporter, fastrace::collector::Config::default());
    Pipeline {
        sink,
        engine: Engine::Fastrace,
    }
}
