//! An exporter that does what a test says, and an engine with it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::SpanId;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing::{Dispatch, dispatcher};
use tracing_relay::engine::{Engine, QueueLimits, Statistics};
use tracing_relay::{current_context, traced};
use tracing_subscriber::layer::SubscriberExt as _;

/// As long as no machine needs.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// What a call of the exporter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Take,
    Refuse,
    Panic,
}

/// The exporter, as the test sees it.
#[derive(Clone, Debug)]
pub(crate) struct Exporter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    answer: fn(usize) -> Answer,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    held: bool,
    calls: usize,
    batches: Vec<usize>,
    taken: Vec<(SpanId, String)>,
}

impl Exporter {
    /// Each call does what `answer` says for its number.
    pub(crate) fn new(answer: fn(usize) -> Answer) -> Self {
        Self(Arc::new(Inner {
            answer,
            state: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    pub(crate) fn that_takes() -> Self {
        Self::new(|_| Answer::Take)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets no call return until it is [released](Self::release).
    pub(crate) fn hold(&self) {
        self.lock().held = true;
    }

    pub(crate) fn release(&self) {
        self.lock().held = false;
        self.0.changed.notify_all();
    }

    fn wait_for(&self, what: impl Fn(&State) -> bool) {
        let (state, timeout) = self
            .0
            .changed
            .wait_timeout_while(self.lock(), LONG, |state| !what(state))
            .unwrap_or_else(PoisonError::into_inner);
        drop(state);
        assert!(!timeout.timed_out(), "it never happened");
    }

    /// Waits until there were so many calls.
    pub(crate) fn wait_for_calls(&self, calls: usize) {
        self.wait_for(|state| state.calls >= calls);
    }

    /// Waits until a span of this name was taken.
    pub(crate) fn wait_for_span(&self, name: &str) {
        self.wait_for(|state| state.taken.iter().any(|(_, taken)| taken == name));
    }

    /// Spans of the calls, in their order.
    pub(crate) fn batches(&self) -> Vec<usize> {
        self.lock().batches.clone()
    }

    pub(crate) fn taken(&self) -> Vec<SpanId> {
        self.lock().taken.iter().map(|(id, _)| *id).collect()
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut state = self.lock();
        let answer = (self.0.answer)(state.calls);
        state.calls += 1;
        state.batches.push(batch.len());
        self.0.changed.notify_all();
        let mut state = self
            .0
            .changed
            .wait_while(state, |state| state.held)
            .unwrap_or_else(PoisonError::into_inner);
        if answer == Answer::Take {
            state.taken.extend(
                batch
                    .into_iter()
                    .map(|span| (span.span_context.span_id(), span.name.into_owned())),
            );
            self.0.changed.notify_all();
        }
        drop(state);
        match answer {
            Answer::Take => Ok(()),
            Answer::Refuse => Err(OTelSdkError::InternalFailure("refused".to_owned())),
            Answer::Panic => panic!("the exporter was told to panic"),
        }
    }
}

/// An engine, and the subscriber that it is in.
pub(crate) struct Traced {
    pub(crate) engine: Engine,
    pub(crate) dispatch: Dispatch,
}

impl Traced {
    pub(crate) fn new(exporter: impl SpanExporter + 'static, queue: QueueLimits) -> Self {
        Self::of(
            Engine::builder()
                .with_exporter(exporter)
                .with_queue(queue)
                .build()
                .expect("there are threads"),
        )
    }

    pub(crate) fn of(engine: Engine) -> Self {
        let subscriber = tracing_subscriber::registry().with(engine.layer());
        Self {
            dispatch: Dispatch::new(subscriber),
            engine,
        }
    }

    /// Runs `f` where its spans are recorded.
    pub(crate) fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        dispatcher::with_default(&self.dispatch, f)
    }

    /// Makes spans on this thread.
    pub(crate) fn make(&self, spans: u64) {
        self.run(|| (0..spans).for_each(|_| assert!(step(""))));
    }

    /// Makes spans on another thread, which ends.
    pub(crate) fn make_elsewhere(&self, spans: u64) {
        std::thread::scope(|scope| {
            scope.spawn(|| self.make(spans));
        });
    }

    pub(crate) fn sum(&self) -> u64 {
        sum(self.engine.statistics())
    }
}

pub(crate) fn sum(statistics: Statistics) -> u64 {
    statistics.exported + statistics.dropped + statistics.failed
}

/// A queue that nothing is too much for, and which nobody looks at before a batch is there.
pub(crate) fn patient() -> QueueLimits {
    let mut queue = QueueLimits::default();
    queue.delay = Duration::MAX;
    queue
}

/// A span, and whether it is one of the engine.
#[traced(fields(text))]
pub(crate) fn step(text: &str) -> bool {
    let _ = text;
    current_context().is_some()
}

/// A span of another name.
#[traced]
pub(crate) fn marked() {}
