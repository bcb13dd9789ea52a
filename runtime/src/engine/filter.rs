//! How a span of ours finds the engine in the subscriber, and finds out who else wants the span.
//!
//! The filter of the engine's layer says that the layer has no interest in the callsites of our attributes: their spans are not
//! recorded from `tracing`. So what is left of the interest in such a callsite is that of the others. Asked
//! with a question on this thread, it says yes, and notes that it was reached: then no filter around it
//! has refused the span.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::LocalKey;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

use super::Shared;
use super::config::TracingSpans;
use super::layer::Recorder;
use super::local;
use crate::scope::ScopeSubscriber;
use crate::span::Site;

/// Layers of engines that nobody has found yet by looking for them in a subscriber. They may be behind something
/// that hides them.
static UNSEEN: AtomicUsize = AtomicUsize::new(0);

/// Any engine, in place of the number of one.
const ANY: u64 = u64::MAX;

// Numbers, which are there also in the destructors of a thread that ends.
thread_local! {
    /// The engine that a span of ours asks on this thread; 0 where none does.
    static ASKED: Cell<u64> = const { Cell::new(0) };
    /// The engine that was reached.
    static REACHED: Cell<u64> = const { Cell::new(0) };
}

/// Whether a layer was found.
#[derive(Debug)]
pub(crate) struct Sight(AtomicBool);

impl Sight {
    pub(crate) fn new() -> Self {
        UNSEEN.fetch_add(1, Ordering::Relaxed);
        Self(AtomicBool::new(false))
    }

    /// Of one that nothing hides.
    pub(crate) const fn seen() -> Self {
        Self(AtomicBool::new(true))
    }

    fn see(&self) {
        if !self.0.load(Ordering::Relaxed) && !self.0.swap(true, Ordering::Relaxed) {
            UNSEEN.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        self.see();
    }
}

/// The filter of the engine's layer: what the application wants there, and not the callsites of our attributes.
pub(crate) struct OwnFilter<F> {
    shared: Arc<Shared>,
    inner: F,
}

impl<F> OwnFilter<F> {
    pub(crate) fn new(shared: Arc<Shared>, inner: F) -> Self {
        Self { shared, inner }
    }

    /// Whether it is an event that has no place in the traces.
    fn is_unwanted_event(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && !self.shared.config.wants_event(metadata)
    }

    /// Whether a span of ours asks; then it is shown the engine.
    fn is_asked(&self) -> bool {
        let (asked, number) = (ASKED.get(), self.shared.number);
        let is_asked = asked == number || asked == ANY;
        if is_asked {
            REACHED.set(number);
        }
        is_asked
    }
}

impl<S: Subscriber, F: Filter<S>> Filter<S> for OwnFilter<F> {
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.is_unwanted_event(metadata) {
            return Interest::never();
        }
        let interest = self.inner.callsite_enabled(metadata);
        if interest.is_never() || !Site::is_site(metadata) {
            return interest;
        }
        let always = self.shared.config.tracing_spans == TracingSpans::Always;
        if self.is_asked() || always {
            interest
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, ctx: &Context<'_, S>) -> bool {
        if self.is_unwanted_event(metadata) {
            return false;
        }
        // A span of `tracing` beside one of ours is asked for by ours.
        self.inner.enabled(metadata, ctx) && (!Site::is_site(metadata) || self.is_asked())
    }

    fn event_enabled(&self, event: &Event<'_>, ctx: &Context<'_, S>) -> bool {
        self.inner.event_enabled(event, ctx)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        self.inner.on_new_span(attributes, id, ctx);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        self.inner.on_record(id, values, ctx);
    }

    fn on_enter(&self, id: &Id, ctx: Context<'_, S>) {
        self.inner.on_enter(id, ctx);
    }

    fn on_exit(&self, id: &Id, ctx: Context<'_, S>) {
        self.inner.on_exit(id, ctx);
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        self.inner.on_close(id, ctx);
    }
}

/// What a subscriber says about a span of ours.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// There is no engine.
    NoEngine,
    /// There is one, and a filter keeps the span from it, at least from now on.
    Unwanted {
        /// Whether others may want a span of `tracing`.
        by_others: bool,
    },
    /// The engine records it, if it is still [enabled](is_enabled) where that has to be asked.
    Wanted {
        engine: u64,
        by_others: bool,
        /// Whether somebody decides for each span.
        asked_each_time: bool,
    },
}

impl Answer {
    const fn new(engine: u64, verdict: Verdict) -> Self {
        let Verdict {
            wanted,
            by_others,
            asked_each_time,
        } = verdict;
        if wanted {
            Self::Wanted {
                engine,
                by_others,
                asked_each_time,
            }
        } else {
            Self::Unwanted { by_others }
        }
    }
}

/// The lasting part of an answer, that a site remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) wanted: bool,
    pub(crate) by_others: bool,
    pub(crate) asked_each_time: bool,
}

impl Verdict {
    const KNOWN: u8 = 1;
    const WANTED: u8 = 2;
    const BY_OTHERS: u8 = 4;
    const EACH_TIME: u8 = 8;

    pub(crate) const fn to_bits(self) -> u8 {
        Self::KNOWN
            | if self.wanted { Self::WANTED } else { 0 }
            | if self.by_others { Self::BY_OTHERS } else { 0 }
            | if self.asked_each_time {
                Self::EACH_TIME
            } else {
                0
            }
    }

    pub(crate) const fn from_bits(bits: u8) -> Option<Self> {
        if bits & Self::KNOWN == 0 {
            return None;
        }
        Some(Self {
            wanted: bits & Self::WANTED != 0,
            by_others: bits & Self::BY_OTHERS != 0,
            asked_each_time: bits & Self::EACH_TIME != 0,
        })
    }
}

/// Asks an engine with a question on this thread: what `f` says, and the engine that was reached.
fn asking<R>(engine: u64, f: impl FnOnce() -> R) -> (R, u64) {
    let asked = Raised::new(&ASKED, engine);
    REACHED.set(0);
    let answer = f();
    drop(asked);
    (answer, REACHED.take())
}

/// Asks the current subscriber about the spans of a site.
pub(crate) fn ask(site: &'static Site) -> Answer {
    // A program that has tracing-opentelemetry pays nothing for what it does not have.
    if !super::is_there() && !crate::scope::is_there() {
        return Answer::NoEngine;
    }
    tracing::dispatcher::get_default(|dispatch| {
        let Some(found) = dispatch.downcast_ref::<Recorder>() else {
            return match ScopeSubscriber::of(dispatch) {
                Some(scope) => scope.answer(site.metadata()),
                None => ask_hidden(dispatch, site),
            };
        };
        found.sight.see();
        if found.shared.is_closed() {
            return Answer::NoEngine;
        }
        let verdict = site.verdict_of(found.number).unwrap_or_else(|| {
            let moment = site.moment();
            let asked = register(dispatch, site, found.shared.number);
            let verdict = judge(dispatch, site, &found.shared, asked);
            site.remember(moment, found.number, verdict);
            verdict
        });
        Answer::new(found.shared.number, verdict)
    })
}

/// The same where something hides the engine, if there is one.
fn ask_hidden(dispatch: &Dispatch, site: &'static Site) -> Answer {
    if UNSEEN.load(Ordering::Relaxed) == 0 {
        return Answer::NoEngine;
    }
    site.moment();
    let asked = register(dispatch, site, ANY);
    let (_, reached) = asked;
    if reached == 0 {
        return Answer::NoEngine;
    }
    match local::handle_of(reached) {
        Some(handle) if !handle.engine.is_closed() => {
            Answer::new(reached, judge(dispatch, site, &handle.engine, asked))
        }
        _ => Answer::NoEngine,
    }
}

/// Asks an engine about all spans of a site.
fn register(dispatch: &Dispatch, site: &'static Site, engine: u64) -> (Interest, u64) {
    asking(engine, || dispatch.register_callsite(site.metadata()))
}

/// What a subscriber says, of which an engine has answered this.
fn judge(
    dispatch: &Dispatch,
    site: &'static Site,
    engine: &Shared,
    (interest, reached): (Interest, u64),
) -> Verdict {
    let is_reached = reached == engine.number;
    let wanted = is_reached && !interest.is_never();
    let by_others = match is_reached.then_some(engine.config.tracing_spans) {
        Some(TracingSpans::Always) => true,
        Some(TracingSpans::Never) => false,
        Some(TracingSpans::WhereWanted) | None => {
            !dispatch.register_callsite(site.metadata()).is_never()
        }
    };
    Verdict {
        wanted,
        by_others,
        asked_each_time: wanted && !interest.is_always(),
    }
}

/// Whether the subscriber wants the next span of a site: for anybody, and for the engine. Ask directly before
/// the span is made.
pub(crate) fn is_enabled(site: &'static Site, engine: u64) -> (bool, bool) {
    let (enabled, reached) = asking(engine, || {
        tracing::dispatcher::get_default(|dispatch| dispatch.enabled(site.metadata()))
    });
    (enabled, enabled && reached == engine)
}

/// Sets a value of the thread until it is dropped, also by a layer or a filter that panics.
pub(super) struct Raised<T: Copy + 'static> {
    place: &'static LocalKey<Cell<T>>,
    before: T,
}

impl<T: Copy> Raised<T> {
    pub(super) fn new(place: &'static LocalKey<Cell<T>>, value: T) -> Self {
        Self {
            place,
            before: place.replace(value),
        }
    }
}

impl<T: Copy> Drop for Raised<T> {
    fn drop(&mut self) {
        self.place.set(self.before);
    }
}
