//! [`Traces`]: what a test holds of its pipeline, to read what was exported.

use std::fmt;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::{Context, ContextGuard};
use tracing::dispatcher::{self, DefaultGuard, Dispatch};

use super::collector::Collector;
use super::diff;
use super::expectation::Expectation;
use super::metrics::{Meters, Metrics};
use super::span::Span;
use super::tree;
use crate::current::{self, Realm, Token};
use crate::engine::Engine;
use crate::scope::TraceScope;
use crate::session::SessionTelemetry;

/// How long [`Traces::wait_for`] waits for a span that does not come. It only ever passes in a
/// test that fails.
const PATIENCE: Duration = Duration::from_secs(10);

/// A handle on the pipeline of one test: reads what its spans exported.
///
/// Clones are handles on the same pipeline and can be sent to other threads. See the
/// [module](super) for where it comes from.
#[derive(Clone)]
pub struct Traces(Arc<Shared>);

struct Shared {
    collector: Collector,
    logs: Option<LogBuffer>,
    dispatch: Dispatch,
    /// Kept, because an engine that is dropped takes nothing more.
    _engine: Option<Engine>,
    scopes: Vec<(&'static TraceScope, Traces)>,
    metrics: Option<Meters>,
}

/// A panic leaves nothing broken behind: tests read the traces of code that panicked.
impl UnwindSafe for Traces {}
impl RefUnwindSafe for Traces {}

impl Traces {
    pub(super) fn new(
        collector: Collector,
        logs: Option<LogBuffer>,
        dispatch: Dispatch,
        engine: Option<Engine>,
        scopes: Vec<(&'static TraceScope, Self)>,
    ) -> Self {
        Self(Arc::new(Shared {
            collector,
            logs,
            dispatch,
            _engine: engine,
            scopes,
            metrics: None,
        }))
    }

    /// The same with these metrics.
    pub(super) fn with_metrics(self, metrics: Meters) -> Self {
        let Self(mut shared) = self;
        if let Some(shared) = Arc::get_mut(&mut shared) {
            shared.metrics = Some(metrics);
        }
        Self(shared)
    }

    /// What the instruments of [`metrics`](crate::metrics), and the durations of annotated functions, have recorded until
    /// now.
    ///
    /// # Panics
    ///
    /// When the pipeline has no subscriber, or is that of a scope: metrics are the application's.
    #[must_use]
    #[track_caller]
    pub fn metrics(&self) -> Metrics {
        match &self.0.metrics {
            Some(metrics) => metrics.read(),
            None => panic!(
                "there are no metrics without a subscriber, nor of a scope: read those of the application"
            ),
        }
    }

    /// What the pipeline of a scope exported; see [`Pipeline::scope`](super::Pipeline::scope).
    ///
    /// # Panics
    ///
    /// When the pipeline has no such scope.
    #[must_use]
    #[track_caller]
    pub fn of_scope(&self, scope: &'static TraceScope) -> Self {
        let is_it = |(other, _): &&(&'static TraceScope, Self)| std::ptr::eq(*other, scope);
        match self.0.scopes.iter().find(is_it) {
            Some((_, traces)) => traces.clone(),
            None => panic!(
                "the pipeline has no scope `{name}`: make it with `Pipeline::new().scope(…)`",
                name = scope.name()
            ),
        }
    }

    /// Makes this pipeline the one of the current thread until the guard is dropped.
    ///
    /// [`Pipeline::run`](super::Pipeline::run) has done this for the test's thread and for every
    /// thread of its runtime. It is needed on threads that the test starts by itself, and to play
    /// several processes in one test, each with its own pipeline.
    ///
    /// ```
    /// use tracing_relay::testing::Pipeline;
    ///
    /// let client = Pipeline::new().build();
    /// let server = Pipeline::new().build();
    /// {
    ///     let _client = client.attach();
    ///     tracing::info_span!("call").in_scope(|| {
    ///         let _server = server.attach();
    ///         tracing::info_span!("handle").in_scope(|| {});
    ///     });
    /// }
    /// assert_eq!(client.exported(), ["call"]);
    /// assert_eq!(server.exported(), ["handle"]);
    /// assert_eq!(server.span("handle").parent(), None);
    /// ```
    #[must_use = "the pipeline is detached when the guard is dropped"]
    pub fn attach(&self) -> Attached {
        Attached {
            _dispatch: dispatcher::set_default(&self.0.dispatch),
            _context: Context::new().attach(),
            entered: current::enter_task(None, Realm::APPLICATION, &SessionTelemetry::NONE),
            _stays_on_its_thread: PhantomData,
        }
    }

    /// The exported spans, in the order of their export.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        self.0.collector.exported()
    }

    /// The names of the exported spans, in the order of their export.
    #[must_use]
    pub fn exported(&self) -> Vec<String> {
        self.spans()
            .iter()
            .map(|span| span.name().to_owned())
            .collect()
    }

    /// The names of the sampled spans that were started and have not ended, in the order of their
    /// starts.
    #[must_use]
    pub fn open(&self) -> Vec<String> {
        self.0.collector.open()
    }

    /// The exported span with this name.
    ///
    /// # Panics
    ///
    /// When there is none, or more than one; the message lists what was exported.
    #[must_use]
    #[track_caller]
    pub fn span(&self, name: &str) -> Span {
        let mut found = self.named(name);
        match found.len() {
            1 => found.remove(0),
            0 => panic!("no span `{name}` was exported\n{}", self.summary()),
            several => panic!(
                "{several} spans `{name}` were exported: read `spans()`\n{}",
                self.summary()
            ),
        }
    }

    /// Forgets the spans that were exported so far, for a test in several steps. Spans that are
    /// open are exported when they end.
    pub fn clear(&self) {
        self.0.collector.clear();
    }

    /// Resolves with the first span of this name as soon as it is exported; at once when it was
    /// exported before. With it a test never sleeps.
    ///
    /// # Panics
    ///
    /// When the span is not exported within ten seconds; the message lists what was. On a tokio
    /// runtime whose clock is paused those seconds pass as soon as nothing else is to be done.
    pub async fn wait_for(&self, name: &str) -> Span {
        self.wait_for_count(name, 1).await.swap_remove(0)
    }

    /// Resolves with the spans of this name as soon as `count` of them are exported.
    ///
    /// # Panics
    ///
    /// As in [`wait_for`](Self::wait_for).
    pub async fn wait_for_count(&self, name: &str, count: usize) -> Vec<Span> {
        let waiting = async {
            loop {
                let export = self.0.collector.next_export();
                let mut export = std::pin::pin!(export);
                // Registered before the look, so that no export falls between the two.
                export.as_mut().enable();
                let found = self.named(name);
                if found.len() >= count {
                    return found;
                }
                export.await;
            }
        };
        let Ok(found) = tokio::time::timeout(PATIENCE, waiting).await else {
            panic!(
                "waited {} seconds for {count} of span `{name}`\n{}",
                PATIENCE.as_secs(),
                self.summary()
            )
        };
        found
    }

    /// The log lines that a `fmt` layer has written, one event a line, with the names and fields
    /// of the spans around it.
    ///
    /// # Panics
    ///
    /// When the pipeline was not made with [`capture_logs`](super::Pipeline::capture_logs).
    #[must_use]
    #[track_caller]
    pub fn logs(&self) -> String {
        let logs = self.0.logs.as_ref();
        logs.expect("the pipeline captures no logs: make it with `Pipeline::new().capture_logs()` or `#[tracing_relay::test(logs = true)]`")
            .text()
    }

    /// The exported spans as text, in the form of [`assert_trace!`](crate::assert_trace) and with
    /// all attributes but those that tracing-opentelemetry adds to every span: the place in the
    /// source, the thread and the times.
    ///
    /// ```
    /// use tracing_relay::testing::Pipeline;
    ///
    /// Pipeline::new().run_sync(|traces| {
    ///     tracing::info_span!("charge", otel.kind = "client", card.brand = "visa")
    ///         .in_scope(|| tracing::info_span!("sign request").in_scope(|| {}));
    ///     assert_eq!(
    ///         traces.tree(),
    ///         "client charge {card.brand=\"visa\"}\n  internal \"sign request\"\n",
    ///     );
    /// });
    /// ```
    #[must_use]
    pub fn tree(&self) -> String {
        tree::render(&tree::grow(self.spans()))
    }

    /// Compares what was exported with an expectation: [`assert_trace!`](crate::assert_trace)
    /// without the panic.
    ///
    /// # Errors
    ///
    /// What differs, line by line, and the exported spans as an expectation that they meet.
    ///
    /// # Panics
    ///
    /// When `expected` is malformed.
    #[track_caller]
    pub fn compare(&self, expected: &str) -> Result<(), String> {
        let expectation = match Expectation::parse(expected) {
            Ok(expectation) => expectation,
            Err(malformed) => panic!("{malformed}"),
        };
        let Some(difference) = diff::compare(&expectation, &tree::grow(self.spans())) else {
            return Ok(());
        };
        let mut report = difference.to_string();
        let open = self.open();
        if !open.is_empty() {
            tree::append(
                &mut report,
                format_args!("\nopen, not exported yet: {open:?}\n"),
            );
        }
        Err(report)
    }

    fn named(&self, name: &str) -> Vec<Span> {
        let mut spans = self.spans();
        spans.retain(|span| span.name() == name);
        spans
    }

    /// What was exported and what is open, for the messages of panics.
    fn summary(&self) -> String {
        format!("exported: {:?}\nopen: {:?}", self.exported(), self.open())
    }
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces")
            .field("exported", &self.exported())
            .field("open", &self.open())
            .finish()
    }
}

/// Makes a pipeline the one of the current thread while it lives; see [`Traces::attach`].
#[must_use = "the pipeline is detached when the guard is dropped"]
pub struct Attached {
    _dispatch: DefaultGuard,
    /// An empty context, so that no span of an outer pipeline is the parent of a span of this one.
    _context: ContextGuard,
    /// Hides what an annotated function of an outer pipeline has put on this thread.
    entered: Option<Token>,
    _stays_on_its_thread: PhantomData<*const ()>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.entered.take().map(current::exit_task);
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached").finish_non_exhaustive()
    }
}

/// Where the `fmt` layer writes.
#[derive(Clone, Debug, Default)]
pub(super) struct LogBuffer(Arc<Mutex<Vec<u8>>>);

impl LogBuffer {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl std::io::Write for LogBuffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
