//! [`Pipeline`]: puts a test's subscriber and tracer provider together, and runs the test on every
//! thread with them.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::io;
use std::sync::{Arc, OnceLock};

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, SpanLimits};
use tracing::dispatcher::Dispatch;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, Registry, fmt as fmt_layer, reload};

use super::collector::{Collector, SequentialIds};
use super::metrics::Meters;
use super::scopes::TestScopes;
use super::traces::{Attached, LogBuffer, Traces};
use crate::engine::{self, Engine, TracingSpans};
use crate::scope::{self, TraceScope};
use crate::warn::TestLimiter;

/// The name of the tracer.
const TRACER: &str = "tracing-relay-testing";

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;
type SpanFilter = Arc<dyn Fn(&Metadata<'_>) -> bool + Send + Sync>;

/// Describes a test's pipeline and runs the test on it.
///
/// By default every span is sampled, every level is enabled, ids are random, and an async test
/// runs on a current-thread runtime.
///
/// ```
/// use tracing_relay::testing::Pipeline;
///
/// Pipeline::new().run(async |traces| {
///     tracing::info_span!("work").in_scope(|| {});
///     assert_eq!(traces.exported(), ["work"]);
/// });
/// ```
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
#[must_use = "a pipeline does nothing until it is run or built"]
pub struct Pipeline {
    sampling: Sampling,
    sampler: Option<engine::Sampler>,
    level: LevelFilter,
    sequential_ids: bool,
    capture_logs: bool,
    subscriber: bool,
    opentelemetry: bool,
    context_activation: bool,
    reload: bool,
    filter: Option<SpanFilter>,
    worker_threads: Option<usize>,
    engine: Option<PipelineEngine>,
    scopes: Vec<&'static TraceScope>,
}

/// What records the spans of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PipelineEngine {
    /// tracing-opentelemetry, with the SDK behind it.
    TracingOpentelemetry,
    /// The [engine](crate::engine) of this crate.
    Own,
}

impl PipelineEngine {
    /// The engine of pipelines that do not [choose](Pipeline::engine): tracing-opentelemetry, or with
    /// `TRACING_RELAY_TEST_ENGINE=own` in the environment that of this crate.
    #[must_use]
    pub fn of_the_suite() -> Self {
        static ENGINE: OnceLock<PipelineEngine> = OnceLock::new();
        *ENGINE.get_or_init(|| match std::env::var("TRACING_RELAY_TEST_ENGINE") {
            Ok(name) if name == "own" => Self::Own,
            _ => Self::TracingOpentelemetry,
        })
    }
}

/// Which spans are sampled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sampling {
    /// All, also below a parent that is not.
    #[default]
    Always,
    /// None.
    Never,
    /// Those whose parent is, and roots: what services usually do.
    Parent,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Pipeline {
    /// The default pipeline.
    pub const fn new() -> Self {
        Self {
            sampling: Sampling::Always,
            sampler: None,
            level: LevelFilter::TRACE,
            sequential_ids: false,
            capture_logs: false,
            subscriber: true,
            opentelemetry: true,
            context_activation: true,
            reload: false,
            filter: None,
            worker_threads: None,
            engine: None,
            scopes: Vec::new(),
        }
    }

    /// Sets what records the spans: otherwise tracing-opentelemetry, unless the environment has
    /// `TRACING_RELAY_TEST_ENGINE=own`, by which a whole suite runs on the other engine.
    pub const fn engine(mut self, engine: PipelineEngine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// Sets which spans are sampled.
    pub const fn sampling(mut self, sampling: Sampling) -> Self {
        self.sampling = sampling;
        self
    }

    /// Sets any sampler of the [engine](crate::engine), which this chooses, because tracing-opentelemetry asks those of
    /// the SDK; scopes are sampled by it too. It counts before [`sampling`](Self::sampling).
    ///
    /// ```
    /// use tracing_relay::engine::{Rule, Rules};
    /// use tracing_relay::testing::Pipeline;
    ///
    /// let rules = Rules::new([Rule::never().name("health")]);
    /// Pipeline::new().sampler(rules).run_sync(|traces| {
    ///     tracing::info_span!("health").in_scope(|| {});
    ///     tracing::info_span!("order").in_scope(|| {});
    ///     assert_eq!(traces.exported(), ["order"]);
    /// });
    /// ```
    pub fn sampler(mut self, sampler: impl Into<engine::Sampler>) -> Self {
        self.sampler = Some(sampler.into());
        self.engine(PipelineEngine::Own)
    }

    /// Disables spans and events above this level, for every layer.
    pub const fn level(mut self, level: LevelFilter) -> Self {
        self.level = level;
        self
    }

    /// Counts trace ids and span ids up from 1, in the order in which spans are started. With
    /// several threads that order is not the same in each run.
    pub const fn sequential_ids(mut self) -> Self {
        self.sequential_ids = true;
        self
    }

    /// Adds a `fmt` layer whose lines [`Traces::logs`] returns.
    pub const fn capture_logs(mut self) -> Self {
        self.capture_logs = true;
        self
    }

    /// Leaves the OpenTelemetry layer away: spans are enabled, and nothing is exported.
    pub const fn without_opentelemetry(mut self) -> Self {
        self.opentelemetry = false;
        self
    }

    /// Leaves the whole subscriber away, as in a program that never set one up.
    pub const fn without_subscriber(mut self) -> Self {
        self.subscriber = false;
        self
    }

    /// Whether the OpenTelemetry layer makes an entered span the current `opentelemetry::Context`
    /// too; it does by default.
    pub const fn context_activation(mut self, activate: bool) -> Self {
        self.context_activation = activate;
        self
    }

    /// Puts the OpenTelemetry layer behind `tracing_subscriber::reload`, which hides it from
    /// everything that looks for it in the subscriber.
    pub const fn behind_reload(mut self) -> Self {
        self.reload = true;
        self
    }

    /// Shows the OpenTelemetry layer only spans and events for which `filter` is true; other
    /// layers still see them all.
    ///
    /// ```
    /// use tracing_relay::testing::Pipeline;
    ///
    /// Pipeline::new()
    ///     .filter(|metadata| metadata.name() != "noise")
    ///     .run_sync(|traces| {
    ///         tracing::info_span!("noise").in_scope(|| tracing::info_span!("work").in_scope(|| {}));
    ///         assert_eq!(traces.exported(), ["work"]);
    ///     });
    /// ```
    pub fn filter(
        mut self,
        filter: impl Fn(&Metadata<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// Installs a scope for the threads of this pipeline, with a pipeline of its own: [`Traces::of_scope`] reads it. The
    /// sampling, the level and the ids are as they are set here. Tests that run in parallel have the same scope each for
    /// itself, and what a program has installed does not count in them. A pipeline [without a
    /// subscriber](Self::without_subscriber) has no scopes.
    ///
    /// ```
    /// use tracing_relay::testing::Pipeline;
    /// use tracing_relay::{TraceScope, relay_traced};
    ///
    /// static RELAY: TraceScope = TraceScope::new("relay");
    ///
    /// #[relay_traced(scope = RELAY)]
    /// fn link() {}
    ///
    /// Pipeline::new().scope(&RELAY).run_sync(|traces| {
    ///     tracing::info_span!("user").in_scope(link);
    ///     assert_eq!(traces.exported(), ["user"]);
    ///     assert_eq!(traces.of_scope(&RELAY).exported(), ["link"]);
    /// });
    /// ```
    pub fn scope(mut self, scope: &'static TraceScope) -> Self {
        self.scopes.push(scope);
        self
    }

    /// Runs an async test on a multi-thread runtime with this many workers, at least one, instead of
    /// on a current-thread one.
    pub const fn worker_threads(mut self, count: usize) -> Self {
        self.worker_threads = Some(count);
        self
    }

    /// Runs an async test on a tokio runtime of its own. The pipeline is attached on this thread
    /// and on every thread of the runtime, those of `spawn_blocking` included.
    ///
    /// What is still running when the test returns is dropped with the runtime.
    ///
    /// # Panics
    ///
    /// When the test panics, when no runtime can be built, and inside another runtime.
    pub fn run<F, Fut>(self, test: F) -> Fut::Output
    where
        F: FnOnce(Traces) -> Fut,
        Fut: Future,
    {
        let mut builder = match self.worker_threads {
            None => tokio::runtime::Builder::new_current_thread(),
            Some(count) => {
                let mut builder = tokio::runtime::Builder::new_multi_thread();
                builder.worker_threads(count);
                builder
            }
        };
        let traces = self.build();
        let of_threads = traces.clone();
        // Before the runtime, to be detached after the tasks that the runtime drops.
        let _attached = traces.attach();
        let runtime = builder
            .enable_all()
            .on_thread_start(move || ATTACHED.set(Some(of_threads.attach())))
            // Not left to the destructor of the thread-local: that of the subscriber may run first.
            .on_thread_stop(|| ATTACHED.set(None))
            .build()
            .expect("a tokio runtime can be built");
        runtime.block_on(test(traces))
    }

    /// Runs a test without a runtime, with the pipeline attached on this thread.
    ///
    /// # Panics
    ///
    /// When the test panics.
    pub fn run_sync<T>(self, test: impl FnOnce(Traces) -> T) -> T {
        let traces = self.build();
        let _attached = traces.attach();
        test(traces)
    }

    /// Builds the pipeline without attaching it; see [`Traces::attach`].
    #[must_use]
    pub fn build(&self) -> Traces {
        keep_interest_per_dispatch();
        let collector = Collector::default();
        let logs = self.capture_logs.then(LogBuffer::default);
        if !self.subscriber {
            return Traces::new(collector, logs, Dispatch::none(), None, Vec::new());
        }
        let mut layers: Vec<BoxedLayer> = Vec::new();
        let mut engine = None;
        if self.opentelemetry {
            match self.engine.unwrap_or_else(PipelineEngine::of_the_suite) {
                PipelineEngine::TracingOpentelemetry => {
                    let provider = self.provider(collector.clone());
                    layers.push(self.opentelemetry_layer(provider.tracer(TRACER)));
                }
                PipelineEngine::Own => {
                    let own = built(self.own_engine(collector.clone()).build());
                    layers.push(self.around(own.layer()));
                    engine = Some(own);
                }
            }
        }
        if let Some(logs) = logs.clone() {
            let layer = fmt_layer::layer()
                .with_writer(move || logs.clone())
                .with_ansi(false)
                .without_time();
            layers.push(layer.boxed());
        }
        // The level is a layer around the others and not one of them: the registry asks a list
        // for the highest interest of its members, and would never ask the level.
        let subscriber = Registry::default()
            .with(layers)
            .with(self.level)
            .with(TestLimiter::default());
        let (scopes, of_scopes) = self.of_scopes();
        let metrics = Meters::new();
        let subscriber = subscriber.with(scopes).with(metrics.layer());
        let dispatch = Dispatch::new(subscriber);
        Traces::new(collector, logs, dispatch, engine, of_scopes).with_metrics(metrics)
    }

    /// The pipelines of the scopes.
    fn of_scopes(&self) -> (TestScopes, Vec<(&'static TraceScope, Traces)>) {
        let mut scopes = TestScopes::default();
        let mut traces = Vec::new();
        let settings = scope::Settings {
            level: self.level,
            ..scope::Settings::default()
        };
        for scope in &self.scopes {
            let collector = Collector::default();
            let pipeline = scope.pipeline(self.own_engine(collector.clone()), settings);
            scopes.add(scope, built(pipeline));
            let own = Traces::new(collector, None, Dispatch::none(), None, Vec::new());
            traces.push((*scope, own));
        }
        (scopes, traces)
    }

    /// The engine of this crate with what is set here.
    fn own_engine(&self, collector: Collector) -> engine::Builder {
        let builder = Engine::builder()
            .with_immediate(collector)
            .with_instrumentation(InstrumentationScope::builder(TRACER).build())
            .with_sampler(match (&self.sampler, self.sampling) {
                (Some(sampler), _) => sampler.clone(),
                (None, Sampling::Always) => engine::Sampler::AlwaysOn,
                (None, Sampling::Never) => engine::Sampler::AlwaysOff,
                (None, Sampling::Parent) => engine::Sampler::parent_based(),
            })
            .with_threads(false)
            .with_tracing_spans(if self.capture_logs {
                TracingSpans::WhereWanted
            } else {
                TracingSpans::Never
            })
            .with_context_activation(self.context_activation);
        if self.sequential_ids {
            builder.with_id_generator(SequentialIds::default())
        } else {
            builder
        }
    }

    /// Everything that the SDK would read from the environment is set here.
    fn provider(&self, collector: Collector) -> SdkTracerProvider {
        let builder = SdkTracerProvider::builder()
            .with_span_processor(collector)
            .with_sampler(match self.sampling {
                Sampling::Always => Sampler::AlwaysOn,
                Sampling::Never => Sampler::AlwaysOff,
                Sampling::Parent => Sampler::ParentBased(Box::new(Sampler::AlwaysOn)),
            })
            .with_span_limits(SpanLimits::default())
            .with_resource(Resource::builder_empty().build());
        if self.sequential_ids {
            builder.with_id_generator(SequentialIds::default()).build()
        } else {
            builder.build()
        }
    }

    fn opentelemetry_layer(&self, tracer: SdkTracer) -> BoxedLayer {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            // The layer would export the number of the operating system's thread as `thread.id`,
            // beside an attribute of the same name.
            .with_threads(false)
            .with_context_activation(self.context_activation);
        self.around(layer)
    }

    /// Puts what hides and filters around the layer of the engine.
    fn around(&self, layer: impl Layer<Registry> + Send + Sync) -> BoxedLayer {
        let layer: BoxedLayer = if self.reload {
            reload::Layer::new(layer).0.boxed()
        } else {
            layer.boxed()
        };
        // The filter goes around `reload`, which hides filters inside it from the registry.
        match self.filter.clone() {
            Some(filter) => layer
                .with_filter(FilterFn::new(move |metadata| filter(metadata)))
                .boxed(),
            None => layer,
        }
    }
}

fn built<T>(engine: io::Result<T>) -> T {
    engine.expect("an engine without a thread can be built")
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("sampling", &self.sampling)
            .field("sampler", &self.sampler)
            .field("level", &self.level)
            .field("sequential_ids", &self.sequential_ids)
            .field("capture_logs", &self.capture_logs)
            .field("subscriber", &self.subscriber)
            .field("opentelemetry", &self.opentelemetry)
            .field("context_activation", &self.context_activation)
            .field("reload", &self.reload)
            .field("filter", &self.filter.is_some())
            .field("worker_threads", &self.worker_threads)
            .field("engine", &self.engine)
            .field("scopes", &self.scopes)
            .finish()
    }
}

thread_local! {
    /// What keeps the pipeline attached on a thread of a test's runtime.
    static ATTACHED: RefCell<Option<Attached>> = const { RefCell::new(None) };
}

/// Keeps two dispatches alive for the rest of the process.
///
/// While `tracing` knows a single dispatch, a callsite that is reached for the first time asks
/// the dispatch of its own thread alone. A thread of another test, which may have none, so
/// disables the callsite for all. With several dispatches it asks each of them.
fn keep_interest_per_dispatch() {
    static KEPT: OnceLock<[Dispatch; 2]> = OnceLock::new();
    KEPT.get_or_init(|| [Dispatch::new(Uninterested), Dispatch::new(Uninterested)]);
}

/// Is never set as the subscriber of anything, and enables nothing.
struct Uninterested;

impl Subscriber for Uninterested {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::never()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::OFF)
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
