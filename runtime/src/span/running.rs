//! [`Running`]: a span that is current while its code runs.
//!
//! What drives an annotated function is generic, and compiled for each of them; what it calls here is
//! not, and is compiled once.

use std::fmt;

use tracing::span::EnteredSpan;

use super::active::{self, Active, ErrorText};
use super::outcome::{Ended, Failure};
use super::site::Site;
use super::value::AttributeValue;
#[cfg(feature = "otel")]
use crate::current::Origin;
use crate::current::{self, Token};

/// A span that is current on this thread, or would be if anything could be. Dropped, its code unwound.
///
/// Small, because generated code has it: what belongs to the span is with the entry of its thread.
pub(crate) struct Running {
    site: &'static Site,
    token: Token,
    /// The span itself where it is not current: at the end of the thread, or where there is only a metric or a session,
    /// which the token is that of.
    kept: Option<Box<Active>>,
}

/// What is current beside our own context, where there is any, and is put back in this order.
#[derive(Default)]
pub(crate) struct Beside {
    #[cfg(feature = "otel")]
    attached: Option<opentelemetry::ContextGuard>,
    /// The span of [`Active`], which has none meanwhile.
    span: Option<EnteredSpan>,
    #[cfg(feature = "engine")]
    scope: Option<crate::scope::EnteredScope>,
}

impl Running {
    /// Makes the span current.
    #[inline(never)]
    pub(crate) fn enter(mut active: Box<Active>) -> Self {
        let site = active.site;
        #[cfg(feature = "engine")]
        if active.is_alone() {
            let (token, kept) = match current::enter_span_alone(active) {
                Ok(token) => (token, None),
                Err(active) => (Token::NONE, Some(active)),
            };
            return Self { site, token, kept };
        }
        if active.is_nowhere() {
            let token = current::keep_session(active.frame.realm, &active.session);
            let kept = Some(active);
            return Self { site, token, kept };
        }
        let beside = Beside::enter(&mut active);
        let (token, kept) = match current::enter_span(active, beside) {
            Ok(token) => (token, None),
            Err((mut active, beside)) => {
                beside.exit(&mut active);
                (Token::NONE, Some(active))
            }
        };
        Self { site, token, kept }
    }

    /// The body has returned this; `finish` takes it. A function that is given here is one for many
    /// bodies, so that this is compiled once for all of them.
    #[inline(never)]
    pub(crate) fn end<R>(&mut self, finish: Option<impl FnOnce(&mut Finish<'_>, &R)>, result: &R) {
        let mut error = None;
        if let Some(finish) = finish.filter(|_| self.takes_the_result()) {
            let mut span = Finish {
                site: self.site,
                token: self.token,
                error: &mut error,
            };
            finish(&mut span, result);
        }
        self.end_with(error);
    }

    /// Not at the end of the thread.
    fn takes_the_result(&self) -> bool {
        self.kept.as_ref().is_none_or(|active| active.is_nowhere())
    }

    /// The body has returned, or came to its end.
    pub(crate) fn end_with(&mut self, error: Option<ErrorText>) {
        let ended = if error.is_some() {
            Ended::Failed
        } else {
            #[cfg(feature = "engine")]
            if Active::complete_in_engine(self.token) {
                self.token = Token::NONE;
                return;
            }
            Ended::Completed
        };
        if let Some(active) = self.leave() {
            active.end(ended, error);
        }
    }

    /// The body was dropped before it was ready.
    pub(crate) fn cancel(&mut self) {
        if let Some(active) = self.leave() {
            active.end(Ended::Cancelled, None);
        }
    }

    /// The body goes on later.
    pub(crate) fn leave(&mut self) -> Option<Box<Active>> {
        if let Some(active) = self.kept.take() {
            current::leave_session(self.token);
            self.token = Token::NONE;
            return Some(active);
        }
        if self.token == Token::NONE {
            return None;
        }
        #[cfg(feature = "engine")]
        if let Some(active) = current::exit_span_alone(self.token) {
            self.token = Token::NONE;
            return Some(active);
        }
        let (mut active, beside) = current::exit_span(self.token)?;
        self.token = Token::NONE;
        beside.exit(&mut active);
        Some(active)
    }
}

impl Drop for Running {
    #[inline]
    fn drop(&mut self) {
        if self.token != Token::NONE || self.kept.is_some() {
            unwound(self);
        }
    }
}

#[cold]
#[inline(never)]
fn unwound(running: &mut Running) {
    if let Some(active) = running.leave() {
        active.end(Ended::Panicked, None);
    }
}

impl Beside {
    pub(crate) const fn is_nothing(&self) -> bool {
        #[cfg(feature = "otel")]
        if self.attached.is_some() {
            return false;
        }
        #[cfg(feature = "engine")]
        if self.scope.is_some() {
            return false;
        }
        self.span.is_none()
    }

    /// The span of `tracing` that is current.
    pub(crate) fn span(&self) -> Option<&tracing::Span> {
        self.span.as_deref()
    }

    /// The scope first, then that of the subscriber, ours last.
    fn enter(active: &mut Active) -> Self {
        if !current::is_possible() {
            return Self::default();
        }
        #[cfg(feature = "engine")]
        let scope = active
            .scope
            .as_ref()
            .and_then(crate::scope::EnteredScope::unless_inside);
        let span = (!active.span.is_disabled())
            .then(|| std::mem::replace(&mut active.span, tracing::Span::none()).entered());
        #[cfg(feature = "otel")]
        let attached = active.otel.as_ref().and_then(crate::otel::attach);
        #[cfg(feature = "otel")]
        if active.frame.origin == Origin::Span {
            active.frame.activates = active.owned && attached.is_none();
        }
        Self {
            #[cfg(feature = "otel")]
            attached,
            span,
            #[cfg(feature = "engine")]
            scope,
        }
    }

    /// In the other order.
    fn exit(self, active: &mut Active) {
        #[cfg(feature = "otel")]
        drop(self.attached);
        if let Some(span) = self.span {
            active.span = span.exit();
        }
        #[cfg(feature = "engine")]
        drop(self.scope);
    }
}

/// Takes what the result of a call adds to its span.
pub struct Finish<'a> {
    site: &'static Site,
    /// Where the state of the call is entered.
    token: Token,
    error: &'a mut Option<ErrorText>,
}

impl Finish<'_> {
    /// Records values for the fields from `first` on, counted from the first that the function
    /// declares.
    pub fn record(&mut self, first: usize, values: &[AttributeValue<'_>]) {
        let first = Site::FIELDS.len() + first;
        #[cfg(feature = "engine")]
        self.record_in_engine(first, values);
        if let Some(span) = current::span_beside(self.token) {
            active::record(self.site, &span, first, values);
        }
    }

    /// Takes the failure that the result is.
    pub fn failure(&mut self, failure: &Failure<'_>) {
        let description = failure.description(self.site.options.error_detail);
        *self.error = Some((failure.error_type.clone(), description));
    }
}

#[cfg(feature = "engine")]
impl Finish<'_> {
    /// Values become text outside of everything that is borrowed: their `Display` may run anything.
    fn record_in_engine(&self, first: usize, values: &[AttributeValue<'_>]) {
        let limits = current::with_span(self.token, |active| {
            active.record.is_sampled().then(|| *active.record.limits())
        });
        let Some(limits) = limits.flatten() else {
            return;
        };
        let mut written = crate::engine::scratch();
        for (number, value) in values.iter().enumerate() {
            written.field(&limits, first + number, value);
        }
        let fields = self.site.metadata().fields();
        for (number, value) in self.site.options.older.of(fields, first, values) {
            written.field(&limits, number, &value.as_attribute());
        }
        current::with_span(self.token, |active| active.record.append(&written));
        crate::engine::give_back(written);
    }
}

impl fmt::Debug for Finish<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").finish_non_exhaustive()
    }
}
