//! [`Builder`]: the settings of an [`Engine`].

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, SpanExporter};
use tracing_subscriber::filter::Targets;

use super::config::{Config, Limits, QueueLimits, TracingSpans};
use super::sampling::Sampler;
use super::{Engine, Immediate, Shared, worker};

type Start = Box<dyn FnOnce(Arc<Shared>) -> io::Result<JoinHandle<()>>>;

/// The settings of an [`Engine`], made by [`Engine::builder`]. Nothing is read from the environment, and of a setting that
/// is made twice the last counts.
#[must_use = "settings do nothing until the engine is built"]
pub struct Builder {
    config: Config,
    instrumentation: Option<InstrumentationScope>,
    start: Option<Start>,
    immediate: Option<Box<dyn Immediate>>,
    patience: Option<Duration>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            config: Config::default(),
            instrumentation: None,
            start: None,
            immediate: None,
            patience: None,
        }
    }

    /// The exporter. It runs on a thread of the engine's own, outside every runtime: one that needs a runtime has
    /// to bring it. Its errors and its panics cost the spans of that call, and are counted. Without an exporter
    /// nothing is kept.
    pub fn with_exporter(mut self, exporter: impl SpanExporter + 'static) -> Self {
        self.start = Some(Box::new(move |shared| worker::start(shared, exporter)));
        self
    }

    /// Is told of each span instead of an exporter.
    #[cfg(feature = "testing")]
    pub(crate) fn with_immediate(mut self, immediate: impl Immediate + 'static) -> Self {
        self.immediate = Some(Box::new(immediate));
        self
    }

    /// What the spans are about: the service. The exporter gets it.
    pub fn with_resource(mut self, resource: Resource) -> Self {
        self.config.resource = Some(resource);
        self
    }

    /// Which spans are recorded; [`Sampler::parent_based`] unless set.
    pub fn with_sampler(mut self, sampler: impl Into<Sampler>) -> Self {
        self.config.sampler = sampler.into();
        self
    }

    /// How much of one span is kept.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.config.limits = limits;
        self
    }

    /// How spans wait for their export.
    pub fn with_queue(mut self, queue: QueueLimits) -> Self {
        self.config.queue = queue;
        self
    }

    /// Makes the ids, instead of the generator of each thread. Traces that start here then have no random flag.
    pub fn with_id_generator(mut self, ids: impl IdGenerator + 'static) -> Self {
        self.config.ids = Some(Box::new(ids));
        self
    }

    /// The instrumentation scope of the exported spans; this crate unless set, or where a
    /// [scope](crate::TraceScope) is installed its name.
    pub fn with_instrumentation(mut self, instrumentation: InstrumentationScope) -> Self {
        self.instrumentation = Some(instrumentation);
        self
    }

    /// Whether `opentelemetry::Context::current()` inside a span is that span, so that code on OpenTelemetry's API
    /// is in the same traces; it is unless set. What is done to the active span through the API is then in the
    /// exported span, but for its end: a span ends when its code does. Each span costs the two allocations of
    /// OpenTelemetry's own span, and each poll an attachment.
    pub fn with_context_activation(mut self, activates: bool) -> Self {
        self.config.activates = activates;
        self
    }

    /// Which events of `tracing` are in the traces, by their targets and levels: all of them unless set. An allow-list keeps
    /// what libraries log, prompts and secrets for one, out of the traces.
    ///
    /// What is not in it costs nothing. An event of level `ERROR` that is not still marks its span as failed, without a word
    /// of it. What is recorded with [`otel::add_event`](crate::otel::add_event), or through the API of OpenTelemetry, is
    /// always there. An event of the crate `log` has to be in the list with its own target, and with the target `log`.
    pub fn with_event_targets(mut self, events: Targets) -> Self {
        self.config.events = Some(events);
        self
    }

    /// When a span of an attribute has one of `tracing` beside it, which costs more than the span itself;
    /// [`TracingSpans::WhereWanted`] unless set.
    pub fn with_tracing_spans(mut self, tracing_spans: TracingSpans) -> Self {
        self.config.tracing_spans = tracing_spans;
        self
    }

    /// Whether spans have the attributes `code.*`; they do unless set.
    pub fn with_location(mut self, location: bool) -> Self {
        self.config.location = location;
        self
    }

    /// Whether spans have `thread.id` and `thread.name`, of the thread that they ended on; they do unless set.
    pub fn with_threads(mut self, threads: bool) -> Self {
        self.config.threads = threads;
        self
    }

    /// Whether spans and events have the attribute `target`; they do unless set.
    pub fn with_target(mut self, target: bool) -> Self {
        self.config.target = target;
        self
    }

    /// Whether spans have the attribute `level`; not unless set.
    pub fn with_level(mut self, level: bool) -> Self {
        self.config.level = level;
        self
    }

    /// The same for a scope: what is current for OpenTelemetry is the application's.
    pub(crate) fn for_scope(mut self, name: &'static str) -> Self {
        self.config.of_scope = true;
        self.config.activates = false;
        self.instrumentation
            .get_or_insert_with(|| InstrumentationScope::builder(name).build());
        self
    }

    /// How long the exporting thread is waited for where the engine is dropped.
    #[cfg(feature = "telemetry")]
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// The engine.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread.
    pub fn build(mut self) -> io::Result<Engine> {
        if let Some(instrumentation) = self.instrumentation {
            self.config.instrumentation = instrumentation;
        }
        let shared = Shared::new(self.config, self.immediate);
        let worker = if let Some(start) = self.start {
            Some(start(Arc::clone(&shared))?)
        } else {
            // There is nobody to wait for. Spans without an exporter are dropped.
            shared.queue.close();
            shared.progress.end();
            None
        };
        let patience = if shared.config.of_scope {
            // The last operation may drop it, and must not wait.
            Duration::ZERO
        } else {
            self.patience.unwrap_or(Duration::from_secs(5))
        };
        Ok(Engine {
            shared,
            patience,
            process: worker.is_some().then(std::process::id),
            worker: Mutex::new(worker),
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_cannot_be_started_is_an_error_and_leaves_nothing_behind() {
        let kept = Arc::new(Mutex::new(None));
        let mut builder = Builder::new();
        let slot = Arc::clone(&kept);
        builder.start = Some(Box::new(move |shared| {
            *slot.lock().expect("nothing panics") = Some(Arc::downgrade(&shared));
            Err(io::Error::other("no more threads"))
        }));
        let error = builder.build().expect_err("there is no thread");
        assert_eq!(error.to_string(), "no more threads");
        let shared = kept.lock().expect("nothing panics").take();
        assert!(shared.is_some_and(|shared| shared.upgrade().is_none()));
    }
}
