//! [`Open`]: a span of `tracing` while it is open, as the engine knows it.

use std::sync::Arc;

use tracing::Metadata;

use super::Shared;
use super::inbox::Inbox;
use super::record::Record;
use crate::context::TraceContext;
use crate::current;
use crate::span::Kind;

/// What is known of an open span of `tracing`.
pub(crate) enum Open {
    /// It is recorded here.
    Recording(Box<Recording>),
    /// It stands beside one of ours.
    Adopted(Adopted),
}

/// A span of ours, as the span of `tracing` beside it knows it.
pub(crate) struct Adopted {
    pub(crate) context: TraceContext,
    /// None where it is not recorded.
    pub(crate) inbox: Option<Arc<Inbox>>,
    /// None where contexts are not activated.
    pub(crate) otel: Option<opentelemetry::Context>,
}

impl Adopted {
    /// The context in which the span of ours is OpenTelemetry's active span.
    pub(crate) fn otel(&self) -> opentelemetry::Context {
        match &self.otel {
            Some(otel) => otel.clone(),
            None => crate::otel::active_here(&self.context, self.inbox.clone()),
        }
    }
}

/// An open span of others.
pub(crate) struct Recording {
    pub(crate) record: Record,
    pub(crate) context: TraceContext,
    pub(crate) kind: Kind,
    pub(super) metadata: &'static Metadata<'static>,
    /// Whether somebody knows the context, so that nothing of it can change any more.
    settled: bool,
    /// The context in which it is OpenTelemetry's active span, and before it is settled what is around it. None
    /// where contexts are not activated.
    pub(super) otel: Option<opentelemetry::Context>,
}

impl Recording {
    /// A span that is about to start, in the memory of one that has ended.
    pub(super) fn new(metadata: &'static Metadata<'static>) -> Box<Self> {
        let spare = current::with_thread(|thread| thread.engine.recordings.pop());
        if let Some(mut recording) = spare.flatten() {
            recording.metadata = metadata;
            return recording;
        }
        Box::new(Self {
            record: Record::default(),
            context: TraceContext::NONE,
            kind: Kind::Internal,
            metadata,
            settled: false,
            otel: None,
        })
    }

    /// Keeps the memory of a span that has ended.
    pub(super) fn give_back(mut self: Box<Self>) {
        self.otel = None;
        self.context = TraceContext::NONE;
        self.settled = false;
        self.kind = Kind::Internal;
        if self.record.recycle() {
            current::with_thread(|thread| thread.engine.keep(self));
        }
    }

    /// Whether this engine records it.
    pub(super) fn is_of(&self, engine: &Shared) -> bool {
        self.record.engine() == engine.number
    }

    /// Somebody is about to know the context.
    pub(super) fn settle(&mut self) {
        if self.settled {
            return;
        }
        self.settled = true;
        self.record.ask_limit_of_others(&mut self.context);
        self.record.decide();
        self.record
            .tell_started(Some(&self.context), self.metadata.name());
        if let Some(surroundings) = self.otel.take() {
            let inbox = self.record.share();
            self.otel = Some(crate::otel::active(&self.context, inbox, &surroundings));
        }
    }

    /// The context in which this is OpenTelemetry's active span.
    pub(crate) fn otel(&mut self) -> opentelemetry::Context {
        self.settle();
        match &self.otel {
            Some(otel) => otel.clone(),
            None => crate::otel::active_here(&self.context, self.record.share()),
        }
    }

    /// Moves the span below another one; `false` where it is settled, or the engine is gone.
    pub(crate) fn set_parent(&mut self, parent: opentelemetry::Context) -> bool {
        if self.settled {
            return false;
        }
        let below = crate::otel::from_context(&parent);
        let baggage = crate::otel::baggage_of(&parent);
        let own = (self.metadata, self.kind);
        let started = self.record.start_below(&self.context, below.as_ref(), own);
        let Some(context) = started else {
            return false;
        };
        self.context = context.with_baggage(baggage);
        self.otel = self.otel.take().map(|_| parent);
        true
    }
}

impl Open {
    /// The context, which somebody is about to know.
    pub(crate) fn context(&mut self) -> &TraceContext {
        match self {
            Self::Recording(recording) => {
                recording.settle();
                &recording.context
            }
            Self::Adopted(adopted) => &adopted.context,
        }
    }

    /// The last handle is gone: a span that is recorded here ends.
    #[inline]
    pub(crate) fn close(self) {
        let Self::Recording(mut recording) = self else {
            return;
        };
        // Nobody can look at it through OpenTelemetry any more.
        recording.otel = None;
        recording.settle();
        let Recording {
            record,
            context,
            kind,
            metadata,
            ..
        } = &mut *recording;
        record.end(metadata, *kind, Some(context));
        recording.give_back();
    }
}
