//! The end of a test's pipeline: a span processor that keeps every span at the moment it ends, and
//! the sequential ids.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{Span as _, SpanId, TraceId};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{IdGenerator, Span as SdkSpan, SpanData, SpanProcessor};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::span::Span;
use crate::TraceContext;
use crate::engine::Immediate;

/// Keeps the spans of one pipeline in the order in which they ended.
///
/// It is a processor and not an exporter behind the SDK's simple processor, because that one runs
/// an executor of its own at the end of each span, which panics inside a test that uses the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Collector(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    spans: Mutex<Spans>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct Spans {
    exported: Vec<Span>,
    /// Started and not ended, in the order of their starts.
    open: Vec<Open>,
    started: u64,
}

#[derive(Debug)]
struct Open {
    id: SpanId,
    name: String,
    position: u64,
}

impl Collector {
    /// The exported spans, in the order of their export.
    pub(super) fn exported(&self) -> Vec<Span> {
        self.lock().exported.clone()
    }

    /// The names of the spans that were started and have not ended, in the order of their starts.
    pub(super) fn open(&self) -> Vec<String> {
        self.lock()
            .open
            .iter()
            .map(|open| open.name.clone())
            .collect()
    }

    /// Forgets what was exported.
    pub(super) fn clear(&self) {
        self.lock().exported.clear();
    }

    /// Resolves at the next export, if it is polled or enabled before that.
    pub(super) fn next_export(&self) -> Notified<'_> {
        self.0.ended.notified()
    }

    /// A test that panicked while it held the lock must not hide its message behind another panic.
    fn lock(&self) -> MutexGuard<'_, Spans> {
        self.0.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector {
    fn open_span(&self, id: SpanId, name: String) {
        let mut spans = self.lock();
        let position = spans.started;
        spans.started += 1;
        spans.open.push(Open { id, name, position });
    }

    fn take(&self, data: SpanData) {
        let mut spans = self.lock();
        let id = data.span_context.span_id();
        let open = spans.open.iter().position(|open| open.id == id);
        let started = open.map_or(u64::MAX, |index| spans.open.remove(index).position);
        // As an exporter would: a span that is recorded but not sampled stays in the process.
        if data.span_context.is_sampled()
            && let Some(span) = Span::new(data, started)
        {
            spans.exported.push(span);
            drop(spans);
            self.0.ended.notify_waiters();
        }
    }
}

/// On the engine of this crate.
impl Immediate for Collector {
    fn started(&self, span: &TraceContext, name: &str) {
        let id = SpanId::from_bytes(span.span_id().to_bytes());
        self.open_span(id, name.to_owned());
    }

    fn ended(&self, span: SpanData) {
        self.take(span);
    }
}

/// On tracing-opentelemetry.
impl SpanProcessor for Collector {
    fn on_start(&self, span: &mut SdkSpan, _: &Context) {
        let name = span
            .exported_data()
            .map(|data| data.name.into_owned())
            .unwrap_or_default();
        self.open_span(span.span_context().span_id(), name);
    }

    fn on_end(&self, data: SpanData) {
        self.take(data);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Counts trace ids and span ids up from 1, each on its own.
#[derive(Debug)]
pub(super) struct SequentialIds {
    next_trace: AtomicU64,
    next_span: AtomicU64,
}

impl Default for SequentialIds {
    fn default() -> Self {
        Self {
            next_trace: AtomicU64::new(1),
            next_span: AtomicU64::new(1),
        }
    }
}

impl IdGenerator for SequentialIds {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from(u128::from(self.next_trace.fetch_add(1, Ordering::Relaxed)))
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from(self.next_span.fetch_add(1, Ordering::Relaxed))
    }
}
