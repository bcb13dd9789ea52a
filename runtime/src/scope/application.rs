//! The application's tracing inside of a scope: for callbacks of the user, and for log events.

use opentelemetry::ContextGuard;
use tracing::dispatcher::{self, DefaultGuard};

use super::subscriber::{ScopeSubscriber, realm};
use crate::current::{self, Application, Token};

/// The application's tracing, current inside of a scope until this is dropped.
///
/// Its parts are put back in the reverse order.
pub(super) struct EnteredOutside {
    _view: ApplicationView,
    _dispatch: DefaultGuard,
}

/// What the application has made current, but for its subscriber.
pub(super) struct ApplicationView {
    token: Option<Token>,
    _otel: ContextGuard,
}

impl ApplicationView {
    pub(super) fn enter(application: &Application) -> Self {
        let otel = application.otel.clone().attach();
        Self {
            token: current::enter_outside(application),
            _otel: otel,
        }
    }
}

impl Drop for ApplicationView {
    fn drop(&mut self) {
        if let Some(token) = self.token.take() {
            current::exit_outside(token);
        }
    }
}

impl EnteredOutside {
    /// `None` where no scope is.
    pub(super) fn enter() -> Option<Self> {
        if realm().is_application() || !current::is_possible() {
            return None;
        }
        let application = current::application().or_else(|| {
            let application = dispatcher::get_default(|dispatch| {
                ScopeSubscriber::of(dispatch).map(ScopeSubscriber::fallback)
            });
            application.map(Application::now)
        })?;
        let dispatch = dispatcher::set_default(&application.dispatch);
        Some(Self {
            _view: ApplicationView::enter(&application),
            _dispatch: dispatch,
        })
    }
}
