//! [`Record`]: an open span of the engine, whoever made it.

use tracing::Metadata;

use super::body::{Body, Value};
use super::chunk::Head;
use super::clock::Ticks;
use super::config::Limits;
use super::local::{self, Handle};
use crate::baggage::Baggage;
use crate::context::TraceContext;
use crate::ids::{SpanId, TraceFlags, TraceId};
use crate::span::{AttributeValue, Kind};

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
    limits: Limits,
    body: Body,
}

impl Record {
    /// Starts a span: decides whether it is sampled, and gives it its context. `None` where that is impossible,
    /// at the end of a thread.
    pub(crate) fn start(
        &mut self,
        handle: &Handle,
        parent: Option<&TraceContext>,
        baggage: Baggage,
    ) -> Option<TraceContext> {
        let config = &handle.engine.config;
        let start = Ticks::now();
        let (trace_id, mut flags, tracestate) = match parent {
            Some(parent) => (
                parent.trace_id(),
                parent.flags().with_meaning(),
                parent.tracestate().cloned(),
            ),
            None => match &config.ids {
                None => (local::trace_id(start)?, TraceFlags::RANDOM, None),
                Some(ids) => (
                    TraceId::from_bytes(ids.new_trace_id().to_bytes())?,
                    TraceFlags::default(),
                    None,
                ),
            },
        };
        let span_id = match &config.ids {
            None => local::span_id(start)?,
            Some(ids) => SpanId::from_bytes(ids.new_span_id().to_bytes())?,
        };
        let sampled = config.sampler.decide(parent, trace_id);
        flags = flags.with_sampled(sampled);
        self.engine = handle.engine.number;
        self.sampled = sampled;
        self.tells = sampled && handle.engine.immediate.is_some();
        self.parent = parent.map(TraceContext::span_id);
        self.parent_is_remote = parent.is_some_and(TraceContext::is_remote);
        self.start = start;
        self.limits = config.limits;
        Some(
            TraceContext::new(trace_id, span_id, flags)
                .with_tracestate(tracestate)
                .with_baggage(baggage),
        )
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

    /// Ends the span and hands it to the engine. There is no record afterwards.
    pub(crate) fn end(
        &mut self,
        metadata: &'static Metadata<'static>,
        kind: Kind,
        context: Option<&TraceContext>,
    ) {
        if self.sampled
            && let Some(context) = context
            && let Some(handle) = local::handle_of(self.engine)
        {
            let head = Head {
                metadata,
                kind,
                // Baggage is not a part of a span, and is not kept waiting.
                context: context.clone().with_baggage(Baggage::new()),
                parent: self.parent,
                parent_is_remote: self.parent_is_remote,
                start: self.start,
                end: Ticks::now(),
            };
            handle.engine.push(&handle.buffer, head, &self.body);
        }
        self.clear();
    }

    /// For the next span.
    pub(crate) fn clear(&mut self) {
        (self.engine, self.sampled, self.tells) = (0, false, false);
        self.body.clear();
    }

    /// The same, and whether it is small enough to be kept.
    pub(crate) fn recycle(&mut self) -> bool {
        self.clear();
        self.body.capacity() <= LARGEST_SPARE
    }
}
