//! The session of a call: its attributes on the span, and what is current below.

use tracing::level_filters::LevelFilter;

use super::active::Active;
use super::declared::SpanSite;
use super::opening::{Begun, Opening};
use crate::current::{self, Frame, Origin, Realm};
use crate::session::{AsSession, SessionTelemetry};
use crate::task::TaskContext;

impl Opening {
    /// The same call in a session, also where its span is not wanted: those below may be.
    #[inline(never)]
    #[must_use]
    pub fn in_session<S: AsSession + ?Sized>(self, site: &'static SpanSite, session: &S) -> Self {
        let session = session.as_session();
        if session.is_empty() || LevelFilter::current() == LevelFilter::OFF {
            return self;
        }
        let mut active = self.0.unwrap_or_else(|| Active::new(site.site()));
        active.join(session);
        Self(Some(active))
    }
}

impl Active {
    /// Puts the call into a session, before its span is open.
    fn join(&mut self, session: &SessionTelemetry) {
        // Where it opens later, what is around it is known then.
        if self.plan.ambience.is_some() {
            self.session = session.clone();
            return;
        }
        self.session = session.inside(&current::session(self.realm()));
        // The values around it are written already; of a key that is there twice, the last counts.
        #[cfg(feature = "engine")]
        self.record.add_session(Some(session), self.site.metadata());
    }

    /// The session of a call that opens later than it was called, somewhere else: that of the call, if there is one. Who polls it
    /// has a part in it where it is in the same session, and further in.
    pub(super) fn join_later(&mut self, call: &TaskContext) {
        let realm = self.realm_within(call);
        let polled = current::session(realm);
        let called = call.session();
        // An operation of a scope has no part in the session of the application.
        let is_of_call = call.realm() == realm && !polled.includes(called);
        let around = if is_of_call { called } else { &polled };
        self.session = self.session.inside(around);
    }

    /// The realm of the call, where it opens as if in these surroundings.
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine needs it")
    )]
    fn realm_within(&self, call: &TaskContext) -> Realm {
        #[cfg(feature = "engine")]
        if self.scope.is_some() {
            return self.realm();
        }
        call.realm()
    }

    /// A call without a span and without anything to pass on, in a session: nothing else becomes current, because all that is
    /// around it stays what it is. Where it opens later, who polls it is around it.
    pub(super) fn in_session_alone(mut self: Box<Self>, realm: Realm) -> Option<Box<Self>> {
        if self.session.is_empty() {
            return None;
        }
        self.session = self.session.inside(&current::session(realm));
        self.plan.begun = Begun::Nowhere;
        self.frame = Frame::new(None, Origin::Span).in_realm(realm);
        self.late = None;
        Some(self)
    }

    /// Gives the attributes of the session to the span of OpenTelemetry, which is open now.
    #[cfg(feature = "otel")]
    pub(super) fn give_session(&self) {
        let around;
        let session = if self.session.is_empty() {
            around = current::session(self.realm());
            &around
        } else {
            &self.session
        };
        if let (Some(otel), false) = (&self.otel, session.is_empty()) {
            let attributes = session.beside(self.site.metadata().fields());
            crate::otel::set_attributes(otel, attributes);
        }
    }
}
