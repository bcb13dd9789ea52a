//! Which session is current on a thread: that of the application, and that of each scope.
//!
//! They are beside the entries of the stack and not among them, so that a session is found in one look, and a thread
//! without any compares one length.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use super::frame::Realm;
use super::stack::{Stack, Token};
use super::thread::with_thread;
use crate::session::SessionTelemetry;

/// Set with the first session that is entered.
static USED: AtomicBool = AtomicBool::new(false);

/// A session that is current here. An empty one hides those below.
pub(super) struct Sitting {
    token: Token,
    realm: Realm,
    session: SessionTelemetry,
}

impl Stack {
    /// Whether any session is current here, or hidden.
    #[inline]
    pub(crate) const fn has_sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// The session of a realm, if there is one.
    pub(crate) fn session(&self, realm: Realm) -> Option<&SessionTelemetry> {
        let first = self.first_of_session(realm);
        let is_it = |sitting: &&Sitting| sitting.realm == realm && sitting.token >= first;
        let sitting = self.sessions.iter().rfind(is_it)?;
        Some(&sitting.session).filter(|session| !session.is_empty())
    }

    /// What was entered before this has no part in a realm. The application is always the same, but an operation of a
    /// scope that begins outside of it has nothing of the operation around.
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine asks it")
    )]
    fn first_of_session(&self, realm: Realm) -> Token {
        #[cfg(feature = "engine")]
        if !realm.is_application() {
            return match self.left(self.border, Token::NONE) {
                Some(_) => Token::NONE,
                None => self.border,
            };
        }
        let _ = realm;
        Token::FIRST
    }

    /// Makes it the session of an entry, where that changes anything.
    #[inline]
    pub(super) fn push_session(&mut self, token: Token, realm: Realm, session: &SessionTelemetry) {
        if !(session.is_empty() && self.sessions.is_empty()) {
            USED.store(true, Ordering::Relaxed);
            self.sessions.push(Sitting {
                token,
                realm,
                session: session.clone(),
            });
        }
    }

    /// Leaves the session of an entry, if it has one.
    #[inline]
    pub(super) fn remove_session(&mut self, token: Token) {
        if !self.has_sessions() {
            return;
        }
        // Nearly always the last.
        let place = self.sessions.iter().rposition(|it| it.token == token);
        if let Some(place) = place {
            self.sessions.remove(place);
        }
    }
}

/// A session that is current until this is dropped.
pub(crate) struct EnteredSession {
    token: Token,
    /// It is left on the thread where it was entered.
    _here: PhantomData<*const ()>,
}

impl Drop for EnteredSession {
    fn drop(&mut self) {
        leave_session(self.token);
    }
}

/// Makes a session current in a realm, until it is [left](leave_session). The token is that of no entry where nothing can
/// be current.
pub(crate) fn keep_session(realm: Realm, session: &SessionTelemetry) -> Token {
    if session.is_empty() {
        return Token::NONE;
    }
    let token = with_thread(|thread| {
        let token = thread.stack.take_token();
        thread.stack.push_session(token, realm, session);
        token
    });
    token.unwrap_or(Token::NONE)
}

/// Leaves a session that was made current by itself.
pub(crate) fn leave_session(token: Token) {
    if token != Token::NONE {
        with_thread(|thread| thread.stack.remove_session(token));
    }
}

/// Makes a session current in a realm: the one that `inside` makes of the session that is current there. `None` where
/// nothing can be. What [`with_thread`] says of `f` holds for `inside`.
pub(crate) fn enter_session(
    realm: Realm,
    inside: impl FnOnce(&SessionTelemetry) -> SessionTelemetry,
) -> Option<EnteredSession> {
    with_thread(|thread| {
        let stack = &mut thread.stack;
        let session = inside(stack.session(realm).unwrap_or(&SessionTelemetry::NONE));
        let token = stack.take_token();
        stack.push_session(token, realm, &session);
        EnteredSession {
            token,
            _here: PhantomData,
        }
    })
}

/// Whether any session was ever entered.
#[inline]
pub(crate) fn has_sessions() -> bool {
    USED.load(Ordering::Relaxed)
}

/// The session of a realm that is current here; an empty one where there is none.
#[inline]
pub(crate) fn session(realm: Realm) -> SessionTelemetry {
    if !has_sessions() {
        return SessionTelemetry::NONE;
    }
    let session = with_thread(|thread| thread.stack.session(realm).cloned());
    session.flatten().unwrap_or(SessionTelemetry::NONE)
}
