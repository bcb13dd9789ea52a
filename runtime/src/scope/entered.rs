//! Entering a scope: for a call, or for each poll of a future.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use opentelemetry::ContextGuard;
use pin_project_lite::pin_project;
use tracing::Dispatch;
use tracing::dispatcher::{self, DefaultGuard};

use super::TraceScope;
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

impl TraceScope {
    /// Runs `f` inside of the scope without an operation around it: a span that starts there is the root of a trace.
    /// Where the scope is not installed, `f` is called and nothing else is done.
    ///
    /// Entering and leaving allocates nothing; it takes about what it takes to set a subscriber and to attach a context
    /// of OpenTelemetry.
    ///
    /// ```
    /// use tracing_relay::TraceScope;
    ///
    /// static RELAY: TraceScope = TraceScope::new("relay");
    ///
    /// assert_eq!(RELAY.run(|| 6 * 7), 42);
    /// ```
    pub fn run<R>(&'static self, f: impl FnOnce() -> R) -> R {
        let _entered = self.enter();
        f()
    }

    fn enter(&'static self) -> Option<EnteredScope> {
        if !self.is_installed() {
            return None;
        }
        EnteredScope::unless_inside(&self.dispatch()?)
    }

    /// A future that is inside of the scope during each poll, and while it is dropped; see [`run`](Self::run). Which
    /// pipeline that is, is decided here.
    pub fn instrument<F: Future>(&'static self, future: F) -> InScope<F> {
        let dispatch = self.is_installed().then(|| self.dispatch()).flatten();
        InScope {
            dispatch,
            future: Some(future),
        }
    }
}

pin_project! {
    /// A future inside of a scope. Made by [`TraceScope::instrument`].
    pub struct InScope<F> {
        dispatch: Option<Dispatch>,
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for InScope<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _entered = this.dispatch.as_ref().and_then(EnteredScope::unless_inside);
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Future for InScope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = this.dispatch.as_ref().and_then(EnteredScope::unless_inside);
        let future = this.future.as_mut().as_pin_mut();
        let polled = future
            .expect("a future in a scope was polled after it was ready")
            .poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}

impl<F> fmt::Debug for InScope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InScope").finish_non_exhaustive()
    }
}
