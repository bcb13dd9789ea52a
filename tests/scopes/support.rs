//! What the tests of scopes share: exporters that keep what they get, installed scopes, and the checks of what was
//! exported.

use std::collections::HashSet;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use opentelemetry::{SpanId, TraceId};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing_relay::TraceScope;
use tracing_relay::engine::Engine;
use tracing_relay::scope::{Installation, Settings};

/// Only ever passes in a test that fails.
pub(crate) const LONG: Duration = Duration::from_secs(20);

/// An exporter that keeps what it gets, also after its shutdown. Clones keep together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl Kept {
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        let spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spans.clone()
    }
}

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spans.extend(batch);
        Ok(())
    }
}

/// A scope with an exporter that keeps what it gets.
pub(crate) struct Installed {
    pub(crate) installation: Installation,
    kept: Kept,
}

impl Installed {
    pub(crate) fn new(scope: &'static TraceScope) -> Self {
        Self::with(scope, Settings::default())
    }

    pub(crate) fn with(scope: &'static TraceScope, settings: Settings) -> Self {
        let kept = Kept::default();
        let engine = Engine::builder().with_exporter(kept.clone());
        let installation = scope.install_with(engine, settings);
        Self {
            installation: installation.expect("a thread can be started"),
            kept,
        }
    }

    /// What has ended until now.
    #[track_caller]
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        assert!(self.installation.flush(LONG), "the exporter takes it");
        self.kept.spans()
    }

    /// Takes the scope out, and returns all that it has exported.
    #[track_caller]
    pub(crate) fn uninstall(self) -> Vec<SpanData> {
        assert!(self.installation.uninstall(LONG), "the exporter takes it");
        self.kept.spans()
    }
}

pub(crate) fn names(spans: &[SpanData]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_ref()).collect()
}

/// The only span of this name.
#[track_caller]
pub(crate) fn named<'a>(spans: &'a [SpanData], name: &str) -> &'a SpanData {
    let mut found = spans.iter().filter(|span| span.name == name);
    match (found.next(), found.next()) {
        (Some(span), None) => span,
        _ => panic!("not one `{name}` in {:?}", names(spans)),
    }
}

pub(crate) fn span_id(span: &SpanData) -> SpanId {
    span.span_context.span_id()
}

pub(crate) fn trace_id(span: &SpanData) -> TraceId {
    span.span_context.trace_id()
}

#[track_caller]
pub(crate) fn assert_child(child: &SpanData, parent: &SpanData) {
    assert_eq!(child.parent_span_id, span_id(parent), "{}", child.name);
    assert_eq!(trace_id(child), trace_id(parent), "{}", child.name);
}

#[track_caller]
pub(crate) fn assert_root(span: &SpanData) {
    assert_eq!(span.parent_span_id, SpanId::INVALID, "{}", span.name);
}

/// Every id that an exporter has got, also those of parents and links.
#[derive(Default)]
struct Ids {
    traces: HashSet<TraceId>,
    spans: HashSet<SpanId>,
}

impl Ids {
    fn of(spans: &[SpanData]) -> Self {
        let mut ids = Self::default();
        for span in spans {
            ids.traces.insert(trace_id(span));
            ids.spans.insert(span_id(span));
            if span.parent_span_id != SpanId::INVALID {
                ids.spans.insert(span.parent_span_id);
            }
            for link in &span.links.links {
                ids.traces.insert(link.span_context.trace_id());
                ids.spans.insert(link.span_context.span_id());
            }
        }
        ids
    }
}

/// No exporter has an id of another one.
#[track_caller]
pub(crate) fn assert_apart(exporters: &[&[SpanData]]) {
    let ids: Vec<Ids> = exporters.iter().map(|spans| Ids::of(spans)).collect();
    for (place, one) in ids.iter().enumerate() {
        for other in ids.iter().skip(place + 1) {
            let traces: Vec<_> = one.traces.intersection(&other.traces).collect();
            let spans: Vec<_> = one.spans.intersection(&other.spans).collect();
            assert!(
                traces.is_empty() && spans.is_empty(),
                "two exporters have the traces {traces:?} and the spans {spans:?}: {:?}",
                exporters
                    .iter()
                    .map(|spans| names(spans))
                    .collect::<Vec<_>>()
            );
        }
    }
}

/// Each span of an exporter has a parent there, or none; and no two have the same id.
#[track_caller]
pub(crate) fn assert_whole(spans: &[SpanData]) {
    let mut known = HashSet::new();
    for span in spans {
        let id = (trace_id(span), span_id(span));
        assert!(known.insert(id), "`{}` was exported twice", span.name);
    }
    for span in spans {
        assert!(
            span.parent_span_id == SpanId::INVALID
                || known.contains(&(trace_id(span), span.parent_span_id)),
            "the parent of `{}` is nowhere in {:?}",
            span.name,
            names(spans)
        );
    }
}

/// Ready when it is polled again.
pub(crate) fn yield_now() -> impl Future<Output = ()> {
    let mut yielded = false;
    std::future::poll_fn(move |cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread, without a runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        thread::park_timeout(LONG);
    }
}

/// Polls a future once, which is not ready then.
#[track_caller]
pub(crate) fn poll_once<F: Future + ?Sized>(future: Pin<&mut F>) {
    let polled = future.poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "it is ready already");
}
