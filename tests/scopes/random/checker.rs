//! What the model expects of each span, and the exporters that compare it with what they get.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::{SpanId, TraceId, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// Whose tracing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Realm {
    Application,
    First,
    Second,
}

/// The ids of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ids {
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
}

/// What is known of a span that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// None where it cannot be told, because its scope was just changing.
    pub(crate) realm: Option<Realm>,
    pub(crate) ids: Ids,
    pub(crate) parent: Option<Ids>,
    /// The links that it may have.
    pub(crate) links: [Option<Ids>; 2],
}

/// Locks, so that threads rarely wait for each other.
const SHARDS: usize = 16;
/// Mistakes that are told.
const TOLD: usize = 10;

/// Compares spans with what is expected.
#[derive(Debug, Default)]
pub(crate) struct Checker {
    expected: [Mutex<HashMap<i64, Expected>>; SHARDS],
    /// Every id that an exporter has got.
    seen: Mutex<Seen>,
    mistakes: Mutex<Vec<String>>,
    open: AtomicU64,
    checked: AtomicU64,
    in_scopes: AtomicU64,
    changed: Condvar,
    waiting: Mutex<()>,
    next: AtomicI64,
}

#[derive(Debug, Default)]
struct Seen {
    traces: HashMap<TraceId, Realm>,
    spans: HashMap<SpanId, Realm>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Checker {
    /// The number of a new span.
    pub(crate) fn number(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn mistake(&self, mistake: impl FnOnce() -> String) {
        let mut mistakes = lock(&self.mistakes);
        if mistakes.len() < TOLD {
            mistakes.push(mistake());
        }
    }

    fn shard(&self, number: i64) -> MutexGuard<'_, HashMap<i64, Expected>> {
        let shard = usize::try_from(number).unwrap_or_default() % SHARDS;
        lock(&self.expected[shard])
    }

    /// A span runs.
    pub(crate) fn expect(&self, number: i64, expected: Expected) {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.shard(number).insert(number, expected);
    }

    /// An exporter of this realm has got a span.
    fn check(&self, realm: Realm, span: &SpanData) {
        let number = span.attributes.iter().find_map(|attribute| {
            let Value::I64(number) = attribute.value else {
                return None;
            };
            (attribute.key.as_str() == "n").then_some(number)
        });
        let Some(number) = number else {
            return self.mistake(|| format!("{realm:?} has a span without a number: {span:?}"));
        };
        let Some(expected) = self.shard(number).remove(&number) else {
            return self.mistake(|| format!("{realm:?} has {number} unexpectedly: {span:?}"));
        };
        let ids = Ids {
            trace: span.span_context.trace_id(),
            span: span.span_context.span_id(),
        };
        let parent = (span.parent_span_id != SpanId::INVALID).then_some(Ids {
            trace: ids.trace,
            span: span.parent_span_id,
        });
        let links = span.links.links.iter().map(|link| Ids {
            trace: link.span_context.trace_id(),
            span: link.span_context.span_id(),
        });
        let links: Vec<_> = links.collect();
        let is_right = expected.realm.is_none_or(|expected| expected == realm)
            && expected.ids == ids
            && expected.parent == parent
            && links
                .iter()
                .all(|link| expected.links.contains(&Some(*link)));
        if !is_right {
            self.mistake(|| {
                format!(
                    "{number} `{}` is in {realm:?} as {ids:?} below {parent:?} with {links:?}, and expected: {expected:?}",
                    span.name
                )
            });
        }
        self.see(realm, ids, parent, &links);
        self.checked.fetch_add(1, Ordering::Relaxed);
        if realm != Realm::Application {
            self.in_scopes.fetch_add(1, Ordering::Relaxed);
        }
        if self.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            let _waiting = lock(&self.waiting);
            self.changed.notify_all();
        }
    }

    /// No id is in two realms.
    fn see(&self, realm: Realm, ids: Ids, parent: Option<Ids>, links: &[Ids]) {
        let all = [Some(ids), parent];
        let mut seen = lock(&self.seen);
        for ids in all.into_iter().flatten().chain(links.iter().copied()) {
            let trace = *seen.traces.entry(ids.trace).or_insert(realm);
            let span = *seen.spans.entry(ids.span).or_insert(realm);
            if trace != realm || span != realm {
                self.mistake(|| format!("{ids:?} is in {realm:?}, and in {trace:?} or {span:?}"));
            }
        }
    }

    /// Waits until all spans that were expected are there, and returns the mistakes.
    pub(crate) fn end(&self, timeout: Duration) -> Vec<String> {
        let waiting = lock(&self.waiting);
        let waited = self.changed.wait_timeout_while(waiting, timeout, |()| {
            self.open.load(Ordering::Relaxed) != 0
        });
        drop(waited);
        let missing: Vec<_> = self
            .expected
            .iter()
            .flat_map(|shard| lock(shard).drain().take(TOLD).collect::<Vec<_>>())
            .collect();
        if !missing.is_empty() {
            self.mistake(|| format!("these are missing: {missing:?}"));
        }
        *lock(&self.seen) = Seen::default();
        std::mem::take(&mut *lock(&self.mistakes))
    }

    /// The spans that were compared, and those of them in scopes.
    pub(crate) fn checked(&self) -> (u64, u64) {
        let checked = self.checked.load(Ordering::Relaxed);
        (checked, self.in_scopes.load(Ordering::Relaxed))
    }
}

/// The exporter of a realm.
#[derive(Clone, Debug)]
pub(crate) struct Checking {
    pub(crate) realm: Realm,
    pub(crate) checker: Arc<Checker>,
}

impl SpanExporter for Checking {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut once = HashSet::with_capacity(batch.len());
        for span in &batch {
            self.checker.check(self.realm, span);
            if !once.insert(span.span_context.span_id()) {
                self.checker.mistake(|| format!("twice: {span:?}"));
            }
        }
        Ok(())
    }
}
