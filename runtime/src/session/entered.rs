//! What runs in a session.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::SessionTelemetry;
use crate::current::{self, EnteredSession, Realm};
use crate::surrounded::{Enter, Surrounded};

impl SessionTelemetry {
    /// Calls `f` in the session.
    ///
    /// It is current on this thread until `f` returns: a runtime that `f` blocks on runs all of its tasks there in the
    /// session. A future is given to [`instrument`](Self::instrument).
    ///
    /// ```
    /// use tracing_relay::SessionTelemetry;
    ///
    /// let session = SessionTelemetry::new().with("session.id", 7);
    /// let attributes = session.run(|| SessionTelemetry::current().attributes().count());
    /// assert_eq!(attributes, 1);
    /// ```
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let _entered = self.enter(|outer| self.inside(outer));
        f()
    }

    /// A future that is in the session during each poll, and while it is dropped.
    ///
    /// Where `tracing::Instrument` is in scope, its method of this name comes first: write
    /// `SessionTelemetry::instrument(&session, future)` there.
    pub fn instrument<F: Future>(&self, future: F) -> InSession<F> {
        let around = Around {
            session: self.clone(),
            outer: Self::NONE,
            inside: self.clone(),
        };
        InSession {
            inner: Surrounded::new(around, future),
        }
    }

    /// Makes it the session of a realm, whatever is around it.
    #[inline]
    pub(crate) fn enter_in(&self, realm: Realm) -> Option<EnteredSession> {
        if self.is_empty() {
            return None;
        }
        current::enter_session(realm, |_| self.clone())
    }

    fn enter(&self, inside: impl FnOnce(&Self) -> Self) -> Option<EnteredSession> {
        if self.is_empty() {
            return None;
        }
        current::enter_session(current::realm(), inside)
    }
}

/// A session around a future.
struct Around {
    session: SessionTelemetry,
    /// The session around it at the last poll, and this one inside of it: nearly always the same.
    outer: SessionTelemetry,
    inside: SessionTelemetry,
}

impl Enter for Around {
    type Entered<'a> = Option<EnteredSession>;

    fn enter(&mut self) -> Option<EnteredSession> {
        let Self {
            session,
            outer,
            inside,
        } = self;
        session.enter(|around| {
            if !around.is_same(outer) {
                *inside = session.inside(around);
                *outer = around.clone();
            }
            inside.clone()
        })
    }
}

pin_project! {
    /// A future in a session. Made by [`SessionTelemetry::instrument`].
    pub struct InSession<F> {
        #[pin]
        inner: Surrounded<Around, F>,
    }
}

impl<F: Future> Future for InSession<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().inner.poll(cx)
    }
}

impl<F> fmt::Debug for InSession<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InSession")
            .field("session", &self.inner.around.session)
            .finish_non_exhaustive()
    }
}
