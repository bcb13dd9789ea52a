//! [`Record`]: an open span of the engine, whoever made it.

use tracing::Metadata;

use super::body::{Body, Value};
use super::clock::Ticks;
use super::config::Limits;
use super::ids::Generator;
use super::local::{self, Handle};
use super::queue::Head;
use crate::context::TraceContext;
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::span::{AttributeValue, Ended, Kind};

/// The most bytes of a body that is kept for the next span.
const LARGEST_SPARE: usize = 4 << 10;

/// What is known of a span until it ends.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The number of the engine; 0 where there is no record.
    engine: u64,
    /// Whether anything is written down.
    sampled: bool,
    /// Whether somebody wants to know at once.
    tells: bool,
    parent: Option<SpanId>,
    parent_is_remote: bool,
    start: Ticks,
    end: Ticks,
    limits: Limits,
    body: Body,
}

impl Record {
    /// Starts a span: decides whether it is sampled, and gives it its context, with all that travels along with
    /// the parent. The generator is not needed where the application brought its own. `None` where no id can be
    /// had.
    pub(crate) fn start(
        &mut self,
        handle: &Handle,
        mut generator: Option<&mut Generator>,
        parent: Option<&TraceContext>,
    ) -> Option<TraceContext> {
        let config = &handle.engine.config;
        let start = Ticks::now();
        let span_id = match (&config.ids, &mut generator) {
            (Some(ids), _) => SpanId::from_bytes(ids.new_span_id().to_bytes())?,
            (None, Some(generator)) => generator.span_id(start),
            (None, None) => return None,
        };
        let context = match parent {
            Some(parent) => {
                let sampled = config.sampler.decide(Some(parent), parent.trace_id());
                let flags = parent.flags().with_meaning().with_sampled(sampled);
                parent.child(span_id, flags)
            }
            None => {
                let (trace_id, flags) = match (&config.ids, generator) {
                    (Some(ids), _) => (
                        TraceId::from_bytes(ids.new_trace_id().to_bytes())?,
                        TraceFlags::default(),
                    ),
                    (None, Some(generator)) => (generator.trace_id(start), TraceFlags::RANDOM),
                    (None, None) => return None,
                };
                let sampled = config.sampler.decide(None, trace_id);
                TraceContext::new(trace_id, span_id, flags.with_sampled(sampled))
            }
        };
        self.engine = handle.engine.number;
        self.sampled = context.flags().is_sampled();
        self.tells = self.sampled && handle.engine.immediate.is_some();
        self.parent = parent.map(TraceContext::span_id);
        self.parent_is_remote = parent.is_some_and(TraceContext::is_remote);
        self.start = start;
        self.limits = config.limits;
        Some(context)
    }

    /// Tells who wants to know at once that the span started.
    pub(crate) fn tell_started(&self, context: Option<&TraceContext>, name: &str) {
        if self.tells
            && let Some(context) = context
            && let Some(handle) = local::handle_of(self.engine)
            && let Some(immediate) = &handle.engine.immediate
        {
            immediate.started(context, name);
        }
    }

    /// Whether somebody wants to know at once what becomes of the span.
    pub(crate) const fn tells(&self) -> bool {
        self.tells
    }

    pub(crate) const fn is_there(&self) -> bool {
        self.engine != 0
    }

    /// Whether anything is written down.
    pub(crate) const fn is_sampled(&self) -> bool {
        self.sampled
    }

    /// The number of the engine; 0 where there is no record.
    pub(crate) const fn engine(&self) -> u64 {
        self.engine
    }

    pub(crate) fn outcome(&mut self, ended: Ended) {
        if self.sampled {
            self.body.outcome(ended);
        }
    }

    pub(crate) fn name(&mut self, name: &AttributeValue<'_>) {
        if self.sampled {
            self.body.name(name);
        }
    }

    pub(crate) fn field(&mut self, number: usize, value: &AttributeValue<'_>) {
        if self.sampled {
            self.body.field(&self.limits, number, value);
        }
    }

    pub(crate) fn attribute(&mut self, key: &str, value: Value<'_>) {
        if self.sampled {
            self.body.attribute(&self.limits, key, value);
        }
    }

    pub(crate) fn link(&mut self, to: &TraceContext) {
        if self.sampled && self.body.link(&self.limits, to) {
            self.body.end();
        }
    }

    pub(crate) fn ok(&mut self) {
        if self.sampled {
            self.body.ok();
        }
    }

    pub(crate) fn error(&mut self, description: &AttributeValue<'_>) {
        if self.sampled {
            self.body.error(description);
        }
    }

    /// Takes over what was written elsewhere for this span.
    pub(crate) fn append(&mut self, body: &Body) {
        if self.sampled {
            self.body.append(&self.limits, body);
        }
    }

    /// Uses a body that was written already.
    pub(crate) fn set_body(&mut self, body: Body) {
        self.body = body;
    }

    pub(crate) fn take_body(&mut self) -> Body {
        std::mem::take(&mut self.body)
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Notes that the span ends now.
    pub(crate) fn stop(&mut self) {
        if self.sampled {
            self.end = Ticks::now();
        }
    }

    /// The part of the span that every span has, once it [stopped](Self::stop).
    pub(crate) fn head(
        &self,
        metadata: &'static Metadata<'static>,
        kind: Kind,
        context: &TraceContext,
    ) -> Head {
        Head {
            metadata,
            kind,
            // Baggage is not a part of a span, and is not kept waiting.
            context: context.without_baggage(),
            parent: self.parent,
            parent_is_remote: self.parent_is_remote,
            start: self.start,
            end: self.end,
        }
    }

    pub(crate) const fn body(&self) -> &Body {
        &self.body
    }

    /// Hands the span to the engine, and ends it if it did not [stop](Self::stop). There is no record
    /// afterwards.
    pub(crate) fn end(
        &mut self,
        metadata: &'static Metadata<'static>,
        kind: Kind,
        context: Option<&TraceContext>,
    ) {
        if self.end == Ticks::default() {
            self.stop();
        }
        if self.sampled
            && let Some(context) = context
            && let Some(handle) = local::handle_of(self.engine)
        {
            handle.push(self.head(metadata, kind, context), &self.body);
        }
        self.clear();
    }

    /// For the next span.
    pub(crate) fn clear(&mut self) {
        (self.engine, self.sampled, self.tells) = (0, false, false);
        self.end = Ticks::default();
        self.body.clear();
    }

    /// The same, and whether it is small enough to be kept.
    pub(crate) fn recycle(&mut self) -> bool {
        self.clear();
        self.body.capacity() <= LARGEST_SPARE
    }
}
