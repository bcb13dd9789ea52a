//! [`Running`]: a span that is current while its code runs.
//!
//! What drives an annotated function is generic, and compiled for each of them; what it calls here is
//! not, and is compiled once.

use std::fmt;

use tracing::span::EnteredSpan;

use super::active::{self, Active, ErrorText};
use super::outcome::{Ended, Failure};
use super::site::SpanSite;
use super::value::AttributeValue;
use crate::current::{self, Frame};

/// A span that is current on this thread, or would be if anything could be. Dropped, its code unwound.
pub(crate) struct Running {
    active: Option<Box<Active>>,
    entered: Option<Entered>,
}

/// What is put back when the span is not current any more.
struct Entered {
    previous: Option<Frame>,
    #[cfg(feature = "otel")]
    attached: Option<opentelemetry::ContextGuard>,
    /// The span of [`Active`], which has none meanwhile.
    span: EnteredSpan,
}

impl Running {
    /// Makes the span current.
    pub(crate) fn enter(mut active: Box<Active>) -> Self {
        let entered = current::is_possible().then(|| Entered::new(&mut active));
        Self {
            active: Some(active),
            entered,
        }
    }

    /// The body has returned this; `finish` takes it. A function that is given here is one for many
    /// bodies, so that this is compiled once for all of them.
    #[inline(never)]
    pub(crate) fn end<R>(&mut self, finish: Option<impl FnOnce(&mut Finish<'_>, &R)>, result: &R) {
        let mut error = None;
        if let (Some(active), Some(entered), Some(finish)) = (&self.active, &self.entered, finish) {
            let mut span = Finish {
                site: active.site,
                span: &entered.span,
                error: &mut error,
            };
            finish(&mut span, result);
        }
        self.end_with(error);
    }

    /// The body has returned, or came to its end.
    pub(crate) fn end_with(&mut self, error: Option<ErrorText>) {
        let ended = if error.is_some() {
            Ended::Failed
        } else {
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
        let mut active = self.active.take()?;
        if let Some(entered) = self.entered.take() {
            entered.exit(&mut active);
        }
        Some(active)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(active) = self.leave() {
            active.end(Ended::Panicked, None);
        }
    }
}

impl Entered {
    fn new(active: &mut Active) -> Self {
        let span = std::mem::replace(&mut active.span, tracing::Span::none()).entered();
        #[cfg(feature = "otel")]
        let attached = active.otel.as_ref().and_then(crate::otel::attach);
        #[cfg(feature = "otel")]
        {
            active.frame.activates = active.owned && attached.is_none();
        }
        Self {
            previous: current::enter(Some(active.frame.clone())),
            #[cfg(feature = "otel")]
            attached,
            span,
        }
    }

    /// In the other order: ours first, that of the subscriber last.
    fn exit(self, active: &mut Active) {
        // The frame comes back with the baggage that was set meanwhile.
        if let Some(frame) = current::exit(self.previous) {
            active.frame = frame;
        }
        #[cfg(feature = "otel")]
        drop(self.attached);
        active.span = self.span.exit();
    }
}

/// Takes what the result of a call adds to its span.
pub struct Finish<'a> {
    site: &'static SpanSite,
    span: &'a tracing::Span,
    error: &'a mut Option<ErrorText>,
}

impl Finish<'_> {
    /// Records values for the fields from `first` on, counted from the first that the function
    /// declares.
    pub fn record(&mut self, first: usize, values: &[AttributeValue<'_>]) {
        let first = SpanSite::FIELDS.len() + first;
        active::record(self.site, self.span, first, values);
    }

    /// Takes the failure that the result is.
    pub fn failure(&mut self, failure: &Failure<'_>) {
        let description = failure.description(self.site.error_detail);
        *self.error = Some((failure.error_type.clone(), description));
    }
}

impl fmt::Debug for Finish<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finish").finish_non_exhaustive()
    }
}
