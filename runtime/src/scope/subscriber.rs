//! [`ScopeSubscriber`]: what is current inside of an installed scope. Spans go into the scope's engine, events to the
//! application's subscriber.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::dispatcher::{self, WeakDispatch};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_core::span::Current;

use super::TraceScope;
use super::application::ApplicationView;
use super::copied::give_as_contextual;
use super::installation::Settings;
use super::spans::{self, OwnSpans};
use super::votes;
use crate::current::{self, Entry, Realm};
use crate::engine::{Adopted, Answer, Engine, Open, Recorder, others};
use crate::span::Site;

/// Whether there ever was a scope that is installed.
pub(crate) fn is_there() -> bool {
    THERE.load(Ordering::Relaxed)
}

static THERE: AtomicBool = AtomicBool::new(false);

/// Whose tracing it is that code of the program does here: that of the current subscriber.
#[inline]
pub(crate) fn realm() -> Realm {
    if !is_there() {
        return Realm::APPLICATION;
    }
    dispatcher::get_default(realm_of)
}

/// Whose tracing a subscriber does.
pub(crate) fn realm_of(dispatch: &Dispatch) -> Realm {
    ScopeSubscriber::of(dispatch).map_or(Realm::APPLICATION, ScopeSubscriber::realm)
}

/// The subscriber of the scope that is innermost here.
pub(crate) fn current() -> Option<Dispatch> {
    if !is_there() {
        return None;
    }
    dispatcher::get_default(|dispatch| dispatch.is::<ScopeSubscriber>().then(|| dispatch.clone()))
}

/// The subscriber of a scope.
pub(crate) struct ScopeSubscriber {
    scope: &'static TraceScope,
    settings: Settings,
    recorder: Recorder,
    spans: OwnSpans,
    /// The application's subscriber where the scope was installed: for who takes this one along by itself, to where
    /// nothing says what is around it.
    application: WeakDispatch,
    /// Dropped with the last that refers to this subscriber. It then exports what is left in the background.
    engine: Engine,
}

impl ScopeSubscriber {
    pub(super) fn new(
        scope: &'static TraceScope,
        engine: Engine,
        settings: Settings,
        application: &Dispatch,
    ) -> Self {
        THERE.store(true, Ordering::Relaxed);
        votes::of_each_subscriber();
        Self {
            scope,
            settings,
            recorder: Recorder::of_scope(engine.shared(), with_open),
            spans: OwnSpans::default(),
            application: application.downgrade(),
            engine,
        }
    }

    pub(crate) fn of(dispatch: &Dispatch) -> Option<&Self> {
        dispatch.downcast_ref()
    }

    pub(super) const fn scope(&self) -> &'static TraceScope {
        self.scope
    }

    pub(super) const fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) const fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// The number of the engine, by which pipelines are told apart.
    pub(super) fn number(&self) -> u64 {
        self.recorder.shared.number
    }

    pub(crate) fn realm(&self) -> Realm {
        self.recorder.shared.realm()
    }

    /// What an annotated function is told here, also where OpenTelemetry is asked to trace nothing.
    pub(crate) fn answer(&self, metadata: &Metadata<'_>) -> Answer {
        if self.wants(metadata) && !crate::otel::is_suppressed() {
            Answer::Wanted {
                engine: self.number(),
                by_others: false,
                asked_each_time: false,
            }
        } else {
            Answer::Unwanted { by_others: false }
        }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && self.settings.level >= *metadata.level()
    }

    /// The application's subscriber, as far as it is known without what is entered.
    pub(super) fn fallback(&self) -> Dispatch {
        self.application.upgrade().unwrap_or_else(Dispatch::none)
    }

    /// The application's subscriber around this one.
    pub(crate) fn application(&self) -> Dispatch {
        current::application_dispatch().unwrap_or_else(|| self.fallback())
    }
}

/// Shows a span of a scope to `f`.
fn with_open(dispatch: &Dispatch, id: &Id, f: &mut dyn FnMut(&mut Open)) {
    if let Some(scope) = ScopeSubscriber::of(dispatch) {
        crate::engine::OpenSpans::open(&scope.spans, id, f);
    }
}

impl Subscriber for ScopeSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // An annotated function asks by itself, and needs no vote.
        if self.wants(metadata) && !Site::is_site(metadata) {
            return Interest::always();
        }
        votes::of_the_application(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.settings.level)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if metadata.is_span() {
            return self.wants(metadata);
        }
        self.settings.events && self.application().enabled(metadata)
    }

    fn event(&self, event: &Event<'_>) {
        if !self.settings.events {
            return;
        }
        let around = current::application();
        let _view = around.as_ref().map(ApplicationView::enter);
        let application = around
            .as_ref()
            .map_or_else(|| self.fallback(), |around| around.dispatch.clone());
        if event.parent().is_some_and(spans::is_of_a_scope) {
            give_as_contextual(event, &application);
        } else {
            application.event(event);
        }
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let metadata = attributes.metadata();
        let shared = &self.recorder.shared;
        // Where all others always want what this does not, nobody was asked.
        let recording = self
            .wants(metadata)
            .then(|| others::start(shared, attributes, &self.spans))
            .flatten();
        recording.map_or_else(spans::unrecorded, |recording| {
            self.spans.insert(metadata, Open::Recording(recording))
        })
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        others::record(&self.recorder.shared, id, values, &self.spans);
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        others::follow(&self.recorder.shared, id, follows, &self.spans);
    }

    fn enter(&self, id: &Id) {
        others::enter(&self.recorder.shared, id, &self.spans);
    }

    fn exit(&self, id: &Id) {
        others::exit(&self.recorder.shared, id);
    }

    /// Who keeps the annotated function that is current here gets a span that stands for it.
    fn clone_span(&self, id: &Id) -> Id {
        let Some(token) = spans::entered(id) else {
            self.spans.keep(id);
            return id.clone();
        };
        let adopted = current::innermost_span(self.realm(), |entered, entry| match entry {
            Entry::Span(active) if entered == token => {
                let adopted = Adopted {
                    context: active.frame.context.clone()?,
                    inbox: active.record.share(),
                    otel: None,
                };
                Some((active.site.metadata(), adopted))
            }
            _ => None,
        });
        match adopted.flatten() {
            Some((metadata, adopted)) => self.spans.insert(metadata, Open::Adopted(adopted)),
            None => spans::unrecorded(),
        }
    }

    fn try_close(&self, id: Id) -> bool {
        if !spans::is_of_a_scope(&id) {
            // A span of the application was dropped in here. A registry closes the span around it where it is told to,
            // by the subscriber that is current.
            return self.application().try_close(id);
        }
        let ended = self.spans.release(&id);
        let is_last = ended.is_some();
        if let Some(open) = ended {
            open.close();
        }
        is_last
    }

    fn current_span(&self) -> Current {
        let current = current::innermost_span(self.realm(), |token, entry| match entry {
            Entry::Span(active) if active.owned => {
                Some((spans::of_entered(token), Some(active.site.metadata())))
            }
            Entry::Foreign(foreign) => Some((foreign.id.clone(), None)),
            _ => None,
        });
        let Some((id, metadata)) = current.flatten() else {
            return Current::none();
        };
        match metadata.or_else(|| self.spans.metadata(&id)) {
            Some(metadata) => Current::new(id, metadata),
            None => Current::none(),
        }
    }
}
