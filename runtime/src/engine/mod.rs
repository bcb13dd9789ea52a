//! The engine: records of our own, from the spans of the attributes and from those of `tracing`, into one
//! pipeline that ends in any exporter of OpenTelemetry's SDK.
//!
//! A span of an attribute writes its record itself, and keeps its context in a thread-local that follows its
//! future; a span of `tracing` beside it is made only where another layer wants it. The spans and events of
//! others come in through [`Engine::layer`].
//!
//! ```
//! use opentelemetry_sdk::trace::InMemorySpanExporter;
//! use tracing_relay::{engine::Engine, traced};
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! #[traced]
//! fn step() {}
//!
//! let exporter = InMemorySpanExporter::default();
//! let engine = Engine::builder().with_exporter(exporter.clone()).build()?;
//! let subscriber = tracing_subscriber::registry().with(engine.layer());
//! tracing::subscriber::with_default(subscriber, step);
//!
//! assert!(engine.flush(std::time::Duration::from_secs(5)));
//! assert_eq!(exporter.get_finished_spans()?[0].name, "step");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In a service
//!
//! The level goes into [`Engine::filtered_layer`], so that log lines can have another one. The exporter gets a thread
//! without a runtime: over HTTP it needs a blocking client. The engine is kept until the end of `main`, and shut
//! down there.
//!
//! ```
//! use std::time::Duration;
//!
//! use opentelemetry_sdk::{Resource, trace::InMemorySpanExporter};
//! use tracing_relay::engine::{Engine, Sampler};
//! use tracing_subscriber::{Layer as _, filter::LevelFilter, fmt, layer::SubscriberExt as _};
//!
//! #[tracing_relay::request_span(carrier = none)]
//! fn serve() {}
//!
//! let engine = Engine::builder()
//!     .with_exporter(InMemorySpanExporter::default())
//!     .with_resource(Resource::builder().with_service_name("orders").build())
//!     .with_sampler(Sampler::ParentBased(Box::new(Sampler::Probability(1.0))))
//!     .build()?;
//! let subscriber = tracing_subscriber::registry()
//!     .with(engine.filtered_layer(LevelFilter::INFO))
//!     .with(fmt::layer().with_filter(LevelFilter::WARN));
//! tracing::subscriber::set_global_default(subscriber)?;
//!
//! serve();
//!
//! if !engine.shutdown(Duration::from_secs(5)) {
//!     eprintln!("spans may be lost: {:?}", engine.statistics());
//! }
//! assert_eq!(engine.statistics().exported, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything else of the program stays as with tracing-opentelemetry, also code on OpenTelemetry's API and events and
//! spans of `tracing`. What is exported differs in the points that the table in `docs/design.md` lists.
//!
//! # What it costs
//!
//! A recorded span reads the clock twice and locks nothing that another span could hold. It allocates twice, for the
//! context of OpenTelemetry; without [context activation](Builder::with_context_activation), not at all once its
//! thread is warm. A span of `tracing` beside it costs more than all of that: see [`TracingSpans`]. Spans wait as
//! bytes, some 200 for a span with five small fields. `docs/performance.md` has the numbers.
//!
//! # What waits, and what is lost
//!
//! Ended spans wait in two places: up to 128 or 48 KiB of them in a buffer of the thread on which they ended, then in the
//! queue of the engine, within [`QueueLimits`]. One thread empties both: a batch as soon as there is one, and everything
//! after the delay, at a [flush](Engine::flush) and at the [shutdown](Engine::shutdown), also what is on threads that have
//! nothing to do. The buffer of a thread that ends goes to the queue. Nobody else ever waits for the exporter, and while
//! nothing waits, that thread sleeps.
//!
//! A span is dropped where its chunk does not fit into the queue, where it alone is larger than the queue, and where it ends
//! after the shutdown. It has failed where the exporter gives an error for its batch, or panics; the exporter is tried
//! again with the next batch, and no batch a second time. [`Engine::statistics`] counts both, and every span that is not
//! counted yet still waits. The exporting thread warns of losses in the log, to the global subscriber, at most once a minute
//! and at the end.
//!
//! A process that was forked has no exporting thread: what it records fills its queue, and is then dropped; nobody waits
//! there for a flush or a shutdown. Build another engine after the fork.
//!
//! # Limits
//!
//! `tracing::Span::current()` inside an annotated function is not that function's span unless another layer
//! wants it, so that what is instrumented with it elsewhere starts a new trace:
//! [`TracingSpans::Always`] makes one for each. For values of OpenTelemetry, [`otel::set_attribute`] and its
//! siblings find the span of the function.
//!
//! [`otel::set_attribute`]: crate::otel::set_attribute

mod api;
mod body;
mod builder;
mod callsites;
mod chunk;
mod clock;
mod config;
mod export;
mod filter;
mod ids;
mod inbox;
mod items;
mod layer;
mod local;
mod losses;
mod open;
pub(crate) mod others;
mod queue;
mod record;
mod sampling;
mod trial;
mod visit;
mod worker;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use opentelemetry_sdk::trace::SpanData;
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

pub use crate::span::Kind;
pub use builder::Builder;
pub use config::{Limits, QueueLimits, TracingSpans};
pub use sampling::{ByParent, Rule, Rules, Sampler};

pub(crate) use api::ApiSpan;
#[cfg(feature = "telemetry")]
pub(crate) use body::up_to;
pub(crate) use clock::Ticks;
pub(crate) use config::Config;
pub(crate) use filter::{Answer, Verdict, ask, is_enabled};
pub(crate) use inbox::Inbox;
pub(crate) use layer::{Recorder, adopt, recording_beside};
pub(crate) use local::{Local, give_back, handle_of, scratch, start};
#[cfg(feature = "telemetry")]
pub(crate) use losses::{Losses, Lost};
pub(crate) use open::{Adopted, Open};
pub(crate) use others::OpenSpans;
pub(crate) use record::Record;
pub(crate) use sampling::{Candidate, OwnRatio, Sampling};
pub(crate) use trial::{Before, Trial};

use crate::current::Realm;
use queue::Queue;
use worker::Progress;

/// Records spans and exports them. Dropping it is [`shutdown`](Self::shutdown) with five seconds.
///
/// Made by [`Engine::builder`]; put [`layer`](Self::layer) into a `tracing` subscriber.
#[must_use = "dropping the engine ends the export"]
pub struct Engine {
    shared: Arc<Shared>,
    worker: Mutex<Option<JoinHandle<()>>>,
    /// Where the exporting thread runs.
    process: Option<u32>,
    /// How long it is waited for where the engine is dropped.
    patience: Duration,
}

/// What an engine did with its spans so far, counted in spans. One that ended is in one of the three in the end; until
/// then it waits. Spans that are not sampled are in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Spans that the exporter took.
    pub exported: u64,
    /// Spans that found no room in the queue, or that ended after the shutdown.
    pub dropped: u64,
    /// Spans for which the exporter gave an error, or panicked.
    pub failed: u64,
}

/// What the spans of an engine share.
pub(crate) struct Shared {
    /// Not used by any other engine of the process.
    pub(crate) number: u64,
    realm: Realm,
    pub(crate) config: Config,
    pub(crate) sampling: Sampling,
    pub(crate) queue: Queue,
    pub(crate) progress: Progress,
    immediate: Option<Box<dyn Immediate>>,
    closed: AtomicBool,
}

/// Is told of each span when it starts and ends, on the thread where it does: for tests.
pub(crate) trait Immediate: Send + Sync {
    fn started(&self, span: &crate::TraceContext, name: &str);
    fn ended(&self, span: SpanData);
}

/// Whether any engine of an application was ever built in this process.
pub(crate) fn is_there() -> bool {
    THERE.load(Ordering::Relaxed)
}

static THERE: AtomicBool = AtomicBool::new(false);

impl Shared {
    /// What was done so far.
    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            exported: self.progress.exported.load(Ordering::Relaxed),
            dropped: self.queue.dropped(),
            failed: self.progress.failed.load(Ordering::Relaxed),
        }
    }

    fn new(config: Config, immediate: Option<Box<dyn Immediate>>) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::new(Self {
            number,
            realm: if config.of_scope {
                Realm::of_scope(number)
            } else {
                Realm::APPLICATION
            },
            queue: Queue::new(config.queue),
            sampling: Sampling::new(&config.sampler),
            config,
            progress: Progress::default(),
            immediate,
            closed: AtomicBool::new(false),
        });
        clock::start();
        local::publish(&shared);
        if !shared.config.of_scope {
            THERE.store(true, Ordering::Relaxed);
        }
        shared
    }

    /// Whose tracing it is.
    pub(crate) const fn realm(&self) -> Realm {
        self.realm
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

/// The filter of a layer without one.
struct Everything;

impl<S> Filter<S> for Everything {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn callsite_enabled(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::always()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("number", &self.number)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine with the default settings, which still needs an exporter.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The layer by which a `tracing` subscriber gets this engine, all levels included. Its place among the layers is
    /// free; filters count for the spans of attributes too. Several subscribers may have one each.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        layer::new(&self.shared, Everything)
    }

    /// The layer with a filter of its own. In place of `layer().with_filter(filter)`, because the engine then
    /// knows what is left to others: where nobody else wants the spans of attributes, none are made in `tracing`, and
    /// they cost less than half.
    ///
    /// Then there is no span of `tracing` for them either, which the filter could look at: directives of `EnvFilter` for
    /// what is inside a span (`[span]=level`) see those of attributes with [`TracingSpans::Always`].
    ///
    /// ```
    /// use tracing_relay::engine::Engine;
    /// use tracing_subscriber::filter::LevelFilter;
    /// use tracing_subscriber::layer::SubscriberExt as _;
    ///
    /// let engine = Engine::builder().build()?;
    /// let subscriber = tracing_subscriber::registry().with(engine.filtered_layer(LevelFilter::INFO));
    /// # drop(subscriber);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn filtered_layer<S, F>(&self, filter: F) -> impl Layer<S> + Send + Sync + use<S, F>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
        F: Filter<S> + Send + Sync + 'static,
    {
        layer::new(&self.shared, filter)
    }

    /// Exports what has ended until now, and says whether that was done within `timeout`, without a failure of the
    /// exporter in that time.
    ///
    /// Blocks this thread, and no other; with a `timeout` of zero it only asks for it. Do not call it on the only thread
    /// of a runtime that the exporter needs. On the exporting thread it is always `false`, and after the
    /// [`shutdown`](Self::shutdown) always `true`.
    pub fn flush(&self, timeout: Duration) -> bool {
        let failures = self.failures();
        let number = self.shared.queue.request_flush();
        self.wait(Some(number), timeout) && self.failures() == failures
    }

    /// Exports what has ended until now, for the last time, and says whether that was done within `timeout`, without
    /// a failure of the exporter in that time. What comes later is not recorded, and spans that end later are dropped.
    ///
    /// When the time is over, the exporting thread goes on by itself. A further call, also one from another thread
    /// at the same time, waits like the first.
    pub fn shutdown(&self, timeout: Duration) -> bool {
        let failures = self.failures();
        self.shared.close();
        self.shared.queue.request_close();
        if !self.wait(None, timeout) {
            return false;
        }
        let worker = self.lock_worker().take();
        if let Some(worker) = worker {
            // It has nothing left to do; whether it panicked, its panic has been told.
            let _ = worker.join();
        }
        self.failures() == failures
    }

    /// Waits for the exporting thread, unless this is it, or a fork of its process.
    fn wait(&self, flush: Option<u64>, timeout: Duration) -> bool {
        if self
            .process
            .is_some_and(|process| process != std::process::id())
        {
            return false;
        }
        let this = std::thread::current().id();
        let is_it = |worker: &JoinHandle<()>| worker.thread().id() == this;
        if self.lock_worker().as_ref().is_some_and(is_it) {
            return false;
        }
        self.shared.progress.wait(flush, timeout)
    }

    /// Whether the exporting thread is done for good.
    #[cfg(feature = "telemetry")]
    pub(crate) fn has_ended(&self) -> bool {
        self.wait(None, Duration::ZERO)
    }

    /// How many spans have ended and are in none of the [`statistics`](Self::statistics). Asks each thread.
    #[cfg(feature = "telemetry")]
    pub(crate) fn waiting(&self) -> u64 {
        let waiting = u64::try_from(self.shared.queue.waiting()).unwrap_or(u64::MAX);
        waiting.saturating_add(self.shared.progress.in_hand())
    }

    pub(crate) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    fn lock_worker(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failures(&self) -> u64 {
        self.shared.progress.failures.load(Ordering::Relaxed)
    }

    /// What was done so far. Reads three counters, and may be called at any time, also after the
    /// [`shutdown`](Self::shutdown).
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shutdown(self.patience);
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.shared.config)
            .field("statistics", &self.statistics())
            .finish_non_exhaustive()
    }
}
