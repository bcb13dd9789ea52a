//! [`EnteredScope`]: a scope that is entered, for a call or for a poll.

use std::fmt;

use opentelemetry::ContextGuard;
use tracing::Dispatch;
use tracing::dispatcher::{self, DefaultGuard};
use tracing_core::dispatcher::get_current;

use super::TraceScope;
use super::subscriber::{ScopeSubscriber, realm_of};
use super::votes;
use crate::current::{self, Around, Token};

/// A scope that is entered on this thread, until this is dropped. The application's tracing is then exactly what it was.
pub(crate) struct EnteredScope {
    /// None where there is nothing that could leak.
    _otel: Option<ContextGuard>,
    _dispatch: DefaultGuard,
    /// The last: what it has of the application is dropped in the application.
    border: Border,
}

struct Border(Token);

impl Drop for Border {
    #[inline]
    fn drop(&mut self) {
        drop(current::exit_scope(self.0));
    }
}

impl EnteredScope {
    /// Enters the scope of a subscriber, unless this is inside already. Nothing is entered at the end of a thread.
    pub(crate) fn unless_inside(scope: &Dispatch) -> Option<Self> {
        let realm = realm_of(scope);
        let around = around(|around| around.realm() == realm)?;
        Self::enter(around, crate::otel::current(), || {
            Some(dispatcher::set_default(scope))
        })
    }

    #[inline]
    fn enter(
        around: Around,
        otel: opentelemetry::Context,
        set: impl FnOnce() -> Option<DefaultGuard>,
    ) -> Option<Self> {
        votes::again();
        let empty = crate::otel::is_somebodys(&otel).then(|| crate::otel::emptied(&otel));
        let border = Border(current::enter_scope(around, otel)?);
        Some(Self {
            _dispatch: set()?,
            _otel: empty.map(opentelemetry::Context::attach),
            border,
        })
    }
}

/// What is around a scope that is to be entered here; `None` where this is inside of it already, or in the code of a
/// subscriber, where none can be set. The subscriber is asked once what it is: one with many layers takes its time.
#[inline]
fn around(is_it: impl Fn(&ScopeSubscriber) -> bool) -> Option<Around> {
    get_current(|dispatch| match ScopeSubscriber::of(dispatch) {
        None => Some(Around::Application(dispatch.clone())),
        Some(around) if is_it(around) => None,
        Some(around) => Some(Around::Scope(around.fallback())),
    })
    .flatten()
}

impl fmt::Debug for EnteredScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EnteredScope").field(&self.border.0).finish()
    }
}

impl TraceScope {
    /// Enters the scope for a call that is no operation, unless this is inside already.
    pub(super) fn enter(&'static self) -> Option<EnteredScope> {
        if !self.is_installed() {
            return None;
        }
        let around = around(|around| std::ptr::eq(around.scope(), self))?;
        // What an exporter does is not traced.
        let otel = crate::otel::current();
        if otel.is_telemetry_suppressed() {
            return None;
        }
        EnteredScope::enter(around, otel, || self.set_default())
    }
}
