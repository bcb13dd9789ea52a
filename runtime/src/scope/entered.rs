//! [`EnteredScope`]: a scope that is entered, for a call or for a poll.

use std::fmt;

use opentelemetry::ContextGuard;
use tracing::Dispatch;
use tracing::dispatcher::{self, DefaultGuard};

use super::subscriber::{ScopeSubscriber, realm, realm_of};
use super::votes;
use crate::current::{self, Application, Token};

/// A scope that is entered on this thread, until this is dropped. The application's tracing is then exactly what it was.
///
/// Its parts are put back in the reverse order.
pub(crate) struct EnteredScope {
    border: Border,
    _otel: ContextGuard,
    _dispatch: DefaultGuard,
}

struct Border(Token);

impl Drop for Border {
    fn drop(&mut self) {
        drop(current::exit_scope(self.0));
    }
}

impl EnteredScope {
    /// Enters the scope of a subscriber, unless this is inside already. Nothing is entered at the end of a thread.
    pub(crate) fn unless_inside(scope: &Dispatch) -> Option<Self> {
        (realm() != realm_of(scope)).then(|| Self::enter(scope))?
    }

    fn enter(scope: &Dispatch) -> Option<Self> {
        if !current::is_possible() {
            return None;
        }
        let before = dispatcher::get_default(Dispatch::clone);
        let application = match ScopeSubscriber::of(&before) {
            // In another scope: the application is around that one too.
            Some(around) => {
                current::application().unwrap_or_else(|| Application::now(around.fallback()))
            }
            None => Application::now(before),
        };
        votes::again(&application.dispatch);
        let dispatch = dispatcher::set_default(scope);
        let otel = opentelemetry::Context::new().attach();
        Some(Self {
            border: Border(current::enter_scope(application).ok()?),
            _otel: otel,
            _dispatch: dispatch,
        })
    }
}

impl fmt::Debug for EnteredScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EnteredScope").field(&self.border.0).finish()
    }
}
