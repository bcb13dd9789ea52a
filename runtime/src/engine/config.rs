//! What an application decides about its engine.

use std::fmt;
use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::IdGenerator;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::Targets;

use super::sampling::Sampler;

/// How much of one span is kept
/// ([OpenTelemetry, span limits](https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits)). What is
/// beyond is dropped and counted in the span.
///
/// ```
/// use tracing_relay::engine::{Engine, Limits};
///
/// let mut limits = Limits::default();
/// limits.value_length = 4_096;
/// let engine = Engine::builder().with_limits(limits).build()?;
/// # drop(engine);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Attributes of a span; 128.
    pub attributes: u32,
    /// Events of a span; 128.
    pub events: u32,
    /// Links of a span; 128.
    pub links: u32,
    /// Attributes of an event; 128.
    pub attributes_of_event: u32,
    /// Attributes of a link; 128.
    pub attributes_of_link: u32,
    /// Bytes of a text; what is longer is cut between two characters. No limit.
    pub value_length: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            attributes: 128,
            events: 128,
            links: 128,
            attributes_of_event: 128,
            attributes_of_link: 128,
            value_length: usize::MAX,
        }
    }
}

/// How spans wait for their export. What does not fit is dropped and counted.
///
/// Each thread keeps up to 128 spans or 48 KiB of its own before they go to the queue, which are not counted here.
///
/// ```
/// use std::time::Duration;
///
/// use tracing_relay::engine::{Engine, QueueLimits};
///
/// let mut queue = QueueLimits::default();
/// queue.bytes = 8 << 20;
/// queue.delay = Duration::from_millis(200);
/// let engine = Engine::builder().with_queue(queue).build()?;
/// # drop(engine);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueLimits {
    /// Spans that wait at most; 131,072.
    pub spans: usize,
    /// Bytes that waiting spans take at most, with room that is not used; 32 MiB. A span with five small fields takes
    /// some 200. A single span of more than this is dropped.
    pub bytes: usize,
    /// Spans of one call of the exporter; 512. A batch is smaller when it was due, and when it would be 1 MiB or an
    /// eighth of `bytes`.
    pub batch: usize,
    /// How long a span waits at most for others to go with; one second. With zero each one is exported at once.
    pub delay: Duration,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            spans: 131_072,
            bytes: 32 << 20,
            batch: 512,
            delay: Duration::from_secs(1),
        }
    }
}

/// When a span of an attribute has one of `tracing` beside it. It is what other layers see, and what
/// `tracing::Span::current()` is inside the function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TracingSpans {
    /// Where another layer wants it, as far as that can be known: a filter that is a layer by itself, `EnvFilter`
    /// or `LevelFilter`, cannot be told from one that writes lines. A filter of single layers can, if that of the
    /// engine is given to [`Engine::filtered_layer`](super::Engine::filtered_layer).
    #[default]
    WhereWanted,
    /// For each span, also where no other layer wants it: for code that takes `tracing::Span::current()` along, and
    /// for a filter of the engine's layer that looks at spans, as `EnvFilter` does for `[span]=level`.
    Always,
    /// For none: no other layer sees the spans of attributes.
    Never,
}

/// Everything that is set.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own"
)]
pub(crate) struct Config {
    pub(crate) sampler: Sampler,
    pub(crate) limits: Limits,
    pub(crate) queue: QueueLimits,
    pub(crate) resource: Option<Resource>,
    pub(crate) instrumentation: InstrumentationScope,
    /// Whether the spans are those of a scope, and not of the application.
    pub(crate) of_scope: bool,
    pub(crate) ids: Option<Box<dyn IdGenerator>>,
    /// Whether spans become OpenTelemetry's current context too.
    pub(crate) activates: bool,
    /// Which events are in the traces; all where nothing is said.
    pub(crate) events: Option<Targets>,
    pub(crate) tracing_spans: TracingSpans,
    pub(crate) location: bool,
    pub(crate) threads: bool,
    pub(crate) target: bool,
    pub(crate) level: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sampler: Sampler::default(),
            limits: Limits::default(),
            queue: QueueLimits::default(),
            resource: None,
            instrumentation: InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
                .with_version(env!("CARGO_PKG_VERSION"))
                .build(),
            of_scope: false,
            ids: None,
            activates: true,
            events: None,
            tracing_spans: TracingSpans::default(),
            location: true,
            threads: true,
            target: true,
            level: false,
        }
    }
}

impl Config {
    /// Whether an event is to be in the traces, with what it says.
    pub(crate) fn keeps_event(&self, metadata: &Metadata<'_>) -> bool {
        let (target, level) = (metadata.target(), metadata.level());
        let events = self.events.as_ref();
        events.is_none_or(|events| events.would_enable(target, level))
    }

    /// Whether an event has anything to say about its span. One that may not be kept says that it failed.
    pub(crate) fn wants_event(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR || self.keeps_event(metadata)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("sampler", &self.sampler)
            .field("limits", &self.limits)
            .field("queue", &self.queue)
            .field("activates", &self.activates)
            .finish_non_exhaustive()
    }
}
