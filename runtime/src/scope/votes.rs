//! What a scope says about callsites that it does not want.
//!
//! `tracing` keeps one answer a callsite for the whole process: it adds up what all subscribers say, and asks nobody each
//! time only where they agree. So a scope says of all else what the application says, and costs it nothing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::dispatcher;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{Interest, NoSubscriber};
use tracing::{Dispatch, Event, Metadata, Subscriber, callsite};

use super::subscriber::ScopeSubscriber;
use crate::current;

/// Whether a scope had to vote where there was no application's subscriber.
static VOTED_ALONE: AtomicBool = AtomicBool::new(false);

/// What the application says about a callsite.
pub(super) fn of_the_application(metadata: &'static Metadata<'static>) -> Interest {
    let ask = |application: &Dispatch| {
        if application.is::<NoSubscriber>() {
            VOTED_ALONE.store(true, Ordering::Relaxed);
        }
        application.register_callsite(metadata)
    };
    if let Some(application) = current::application_dispatch() {
        return ask(&application);
    }
    dispatcher::get_default(|dispatch| match ScopeSubscriber::of(dispatch) {
        Some(scope) => ask(&scope.fallback()),
        None => ask(dispatch),
    })
}

/// Lets all vote again, if the application has a subscriber now and had none when a scope voted. Called where a scope is
/// to be entered.
#[inline]
pub(super) fn again() {
    if VOTED_ALONE.load(Ordering::Relaxed) {
        again_with_subscriber();
    }
}

#[cold]
fn again_with_subscriber() {
    let application = current::application_dispatch().unwrap_or_else(|| {
        dispatcher::get_default(|dispatch| match ScopeSubscriber::of(dispatch) {
            Some(scope) => scope.fallback(),
            None => dispatch.clone(),
        })
    });
    if !application.is::<NoSubscriber>() && VOTED_ALONE.swap(false, Ordering::Relaxed) {
        callsite::rebuild_interest_cache();
    }
}

/// Lets `tracing` ask every subscriber about every callsite.
///
/// While it knows a single one, it asks that of the thread alone. So in a program without a subscriber of its own, a
/// callsite that is reached first outside of the scope would be disabled inside too.
pub(super) fn of_each_subscriber() {
    static SECOND: OnceLock<Dispatch> = OnceLock::new();
    SECOND.get_or_init(|| Dispatch::new(Echo));
}

/// Is never set as the subscriber of anything, and says what the application says.
struct Echo;

impl Subscriber for Echo {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        of_the_application(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::OFF)
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        super::spans::unrecorded()
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
