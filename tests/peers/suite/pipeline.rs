//! Where spans go: every engine hands them to a thread of its own, which gives them to the same exporter.

use std::borrow::Cow;
use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanData,
};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::sink::Sink;

/// The spans that wait at most in the SDK, unless it is told otherwise.
const QUEUE_OF_THE_SDK: usize = 2_048;

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
    Relay(tracing_relay::engine::Engine),
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
            Engine::Relay(engine) => {
                assert!(
                    engine.flush(Duration::from_secs(30)),
                    "an export that does not wait"
                );
            }
        }
    }

    /// Takes what was exported; from now on spans are counted and dropped.
    pub(super) fn take(&self) -> Vec<SpanData> {
        self.sink.take()
    }

    /// How many spans were exported, from the start.
    pub(super) fn exported(&self) -> u64 {
        self.sink.exported()
    }

    /// The exporter.
    pub(super) fn sink(&self) -> &Sink {
        &self.sink
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
    sdk(sampled, QUEUE_OF_THE_SDK)
}

fn sdk(sampled: Sampled, queue: usize) -> Pipeline {
    let sink = Sink::default();
    let batches = BatchConfigBuilder::default().with_max_queue_size(queue);
    let processor = BatchSpanProcessor::builder(sink.clone())
        .with_batch_config(batches.build())
        .build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
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

/// tracing-opentelemetry as the layer of the global subscriber.
#[derive(Clone, Copy, Debug)]
pub struct TracingOpenTelemetry {
    /// Whether roots are recorded.
    pub sampled: Sampled,
    /// The most detailed level that is.
    pub level: LevelFilter,
    /// Without everything that its options turn off.
    pub lean: bool,
    /// With a layer beside it that writes log lines, to nowhere.
    pub fmt: bool,
    /// How many spans may wait.
    pub queue: usize,
}

impl TracingOpenTelemetry {
    /// Its defaults, where all spans are recorded.
    pub const DEFAULTS: Self = Self {
        sampled: Sampled::Yes,
        level: LevelFilter::INFO,
        lean: false,
        fmt: false,
        queue: QUEUE_OF_THE_SDK,
    };

    /// Installs it.
    #[must_use]
    pub fn install(self) -> Pipeline {
        let pipeline = sdk(self.sampled, self.queue);
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
        let subscriber = tracing_subscriber::registry().with(self.level).with(layer);
        if self.fmt {
            let lines = fmt::layer().with_writer(std::io::sink);
            subscriber.with(lines).init();
        } else {
            subscriber.init();
        }
        pipeline
    }
}

/// The engine of `tracing-relay` as the layer of the global subscriber.
#[derive(Clone, Copy, Debug)]
pub struct TracingRelay {
    /// Whether roots are recorded.
    pub sampled: Sampled,
    /// The most detailed level that is.
    pub level: LevelFilter,
    /// Whether `opentelemetry::Context::current()` follows the spans, which is the engine's default.
    pub activates: bool,
    /// What else is in the subscriber.
    pub beside: Beside,
}

/// What is in a subscriber besides the engine's layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// Nothing: the level is a filter of the engine's layer.
    Nothing,
    /// The level, as a filter for all layers, which the engine cannot tell from one that wants the spans.
    Filter,
    /// A layer that writes log lines, to nowhere.
    Fmt,
}

impl TracingRelay {
    /// Without `opentelemetry::Context`, where all spans are recorded.
    pub const PLAIN: Self = Self {
        sampled: Sampled::Yes,
        level: LevelFilter::INFO,
        activates: false,
        beside: Beside::Nothing,
    };

    /// Its defaults, where all spans are recorded.
    pub const DEFAULTS: Self = Self {
        activates: true,
        ..Self::PLAIN
    };

    /// Installs it.
    ///
    /// # Panics
    ///
    /// Where the system starts no thread.
    #[must_use]
    pub fn install(self) -> Pipeline {
        use tracing_relay::engine::{Engine as Relay, Sampler};

        let sink = Sink::default();
        let engine = Relay::builder()
            .with_exporter(sink.clone())
            .with_sampler(match self.sampled {
                Sampled::Yes => Sampler::parent_based(),
                Sampled::No => Sampler::AlwaysOff,
            })
            .with_context_activation(self.activates)
            .build()
            .expect("a thread for the exporter");
        let subscriber = tracing_subscriber::registry();
        match self.beside {
            Beside::Nothing => subscriber.with(engine.filtered_layer(self.level)).init(),
            Beside::Filter => subscriber.with(self.level).with(engine.layer()).init(),
            Beside::Fmt => {
                let lines = fmt::layer().with_writer(std::io::sink);
                let layer = engine.filtered_layer(self.level);
                subscriber.with(layer).with(lines).init();
            }
        }
        Pipeline {
            sink,
            engine: Engine::Relay(engine),
        }
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
