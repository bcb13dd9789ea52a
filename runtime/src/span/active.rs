//! The state of a call from its start to its end: what is to be opened, the open span, and its record.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};

use tracing::Value;

use super::late::LateOwner;
use super::opening::Plan;
use super::outcome::Ended;
use super::site::{self, Site};
use super::value::{AttributeValue, Recordable};
use crate::carrier::CarriesTraceMut;
use crate::context::TraceContext;
use crate::current::{self, Frame, Origin};
#[cfg(feature = "engine")]
use crate::engine::Record;
use crate::session::SessionTelemetry;

/// Fields of a span that fit on the stack while they are recorded; more of them cost an allocation.
const STACK_FIELDS: usize = 24;
/// The description of a span whose body unwound.
pub(crate) const PANICKED: &str = "panicked";
/// The `error.type` of a call whose body unwound.
const PANIC: &str = "panic";
/// States that a thread keeps for its next calls.
const SPARE: usize = 32;

/// The states that a thread keeps.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "the boxes are what is kept")]
pub(crate) struct Pool(Vec<Box<Active>>);

impl Pool {
    /// A state of a call that begins.
    pub(crate) fn take(&mut self, site: &'static Site) -> Box<Active> {
        match self.0.pop() {
            Some(mut active) => {
                active.site = site;
                active
            }
            None => Active::empty(site),
        }
    }

    /// Keeps a state that was reset.
    pub(crate) fn keep(&mut self, active: Box<Active>) {
        if self.0.len() < SPARE {
            self.0.push(active);
        }
    }
}

/// A span that was opened for a call, or nothing where there is nothing to do.
pub struct Span(pub(crate) Option<Box<Active>>);

impl Span {
    /// Writes the context of this span into a message that its handler owns, so that what is
    /// forwarded is a child of the handler. Without a span of its own the message is left alone,
    /// unless what it holds is not trusted, which is taken out.
    #[inline]
    pub fn restamp<C: CarriesTraceMut + ?Sized>(&self, message: &mut C) {
        if let Some(context) = self.own_context() {
            message.inject(context);
        } else if self.0.as_ref().is_some_and(|active| active.untrusted) {
            message.erase();
        }
    }

    /// Writes the context that a receiver continues into an outgoing carrier: that of this span, or
    /// without one what is passed on, if the carrier does not already hold something.
    pub fn send<C: CarriesTraceMut + ?Sized>(&self, carrier: &mut C) {
        if let Some(context) = self.own_context() {
            carrier.inject(context);
        } else if carrier.extract().is_absent()
            && let Some(context) = self.passed_on()
        {
            carrier.inject(&context);
        }
    }

    /// The current context. A call in a scope is not inside yet, where the application's is current.
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine needs it")
    )]
    fn passed_on(&self) -> Option<TraceContext> {
        #[cfg(feature = "engine")]
        if let Some(active) = &self.0
            && active.scope.is_some()
        {
            return active.frame.context.clone();
        }
        current::context()
    }

    #[inline]
    fn own_context(&self) -> Option<&TraceContext> {
        let active = self.0.as_ref().filter(|active| active.owned)?;
        active.frame.context.as_ref()
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Span")
            .field(&self.0.as_ref().map(|active| &active.span))
            .finish()
    }
}

/// The type of an error, and what is shown of its text.
pub(crate) type ErrorText = (Cow<'static, str>, String);

/// The state of a call. Boxed and used again, so that a call allocates nothing.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) site: &'static Site,
    /// What is done when it opens.
    pub(crate) plan: Plan,
    /// None while the span is current: then what is to be put back has it. None too where only the engine
    /// wants the span.
    pub(crate) span: tracing::Span,
    /// The context to attach where entering `span` does not do it.
    #[cfg(feature = "otel")]
    pub(crate) otel: Option<opentelemetry::Context>,
    /// Whether the context is that of this span, and not one that passes through.
    pub(crate) owned: bool,
    /// Whether what came in was not to be believed.
    pub(crate) untrusted: bool,
    /// Where the handles of late fields find the span, until it ends.
    pub(crate) late: Option<LateOwner>,
    pub(crate) frame: Frame,
    /// What the engine keeps of it.
    #[cfg(feature = "engine")]
    pub(crate) record: Record,
    /// The subscriber of the scope that the call runs in, of those that enter one.
    #[cfg(feature = "engine")]
    pub(crate) scope: Option<tracing::Dispatch>,
    /// The session that the call runs in, of those that enter one.
    pub(crate) session: SessionTelemetry,
}

/// Code that unwinds finds it as good as before, so that the future of an annotated function may be unwound through
/// where that of the plain function may.
impl UnwindSafe for Active {}
impl RefUnwindSafe for Active {}

impl Active {
    /// The state of a call that begins.
    pub(crate) fn new(site: &'static Site) -> Box<Self> {
        current::with_thread(|thread| thread.pool.take(site)).unwrap_or_else(|| Self::empty(site))
    }

    fn empty(site: &'static Site) -> Box<Self> {
        Box::new(Self {
            site,
            plan: Plan::default(),
            span: tracing::Span::none(),
            #[cfg(feature = "otel")]
            otel: None,
            owned: false,
            untrusted: false,
            late: None,
            frame: Frame::new(None, Origin::Span),
            #[cfg(feature = "engine")]
            record: Record::default(),
            #[cfg(feature = "engine")]
            scope: None,
            session: SessionTelemetry::NONE,
        })
    }

    /// Drops what belongs to the call, but for its record and its context.
    pub(crate) fn reset(&mut self) {
        self.plan.reset();
        if !self.span.is_none() {
            self.span = tracing::Span::none();
        }
        #[cfg(feature = "otel")]
        {
            self.otel = None;
        }
        #[cfg(feature = "engine")]
        {
            self.scope = None;
        }
        self.session = SessionTelemetry::NONE;
        (self.owned, self.untrusted) = (false, false);
        self.late = None;
    }

    /// Keeps the state for the next call.
    pub(crate) fn recycle(mut self: Box<Self>) {
        self.reset();
        self.frame = Frame::new(None, Origin::Span);
        #[cfg(feature = "engine")]
        if !self.record.recycle() {
            return;
        }
        current::with_thread(|thread| thread.pool.keep(self));
    }

    /// Ends the span now, whatever still refers to it.
    pub(crate) fn end(mut self: Box<Self>, ended: Ended, error: Option<ErrorText>) {
        #[cfg(feature = "engine")]
        if self.is_of_engine_alone() {
            self.export(ended, error);
            return self.recycle();
        }
        // Here the exporter of tracing-opentelemetry runs. If it panics, that changes no result, and does not
        // abort a program that unwinds. The hook for panics has told of it; there is nothing else to do.
        let _ = catch_unwind(AssertUnwindSafe(move || {
            self.export(ended, error);
            self.recycle();
        }));
    }

    fn export(&mut self, ended: Ended, error: Option<ErrorText>) {
        if let Some(late) = self.late.take() {
            self.end_late(late, ended, error.as_ref());
        }
        let (error_type, description) = error.unzip();
        let error_type = match (&error_type, ended) {
            (Some(error_type), _) => AttributeValue::Str(error_type),
            (None, Ended::Panicked) => AttributeValue::Str(PANIC),
            (None, _) => AttributeValue::Absent,
        };
        const { assert!(site::ERROR_TYPE == site::OUTCOME + 1) };
        // The engine comes first: a layer that panics costs its own.
        #[cfg(feature = "engine")]
        let is_of_engine = self.record.is_there();
        #[cfg(feature = "engine")]
        if is_of_engine {
            self.record_ending(ended, error_type, description.as_deref());
            self.end_record();
        }
        if !self.span.is_disabled() {
            record(
                self.site,
                &self.span,
                site::OUTCOME,
                &[AttributeValue::Str(ended.as_str()), error_type],
            );
        }
        #[cfg(feature = "engine")]
        if is_of_engine {
            return;
        }
        let description = match ended {
            Ended::Completed | Ended::Cancelled => None,
            Ended::Failed => Some(Cow::Owned(description.unwrap_or_default())),
            Ended::Panicked => Some(Cow::Borrowed(PANICKED)),
        };
        #[cfg(feature = "otel")]
        if self.owned
            && let Some(otel) = &self.otel
        {
            crate::otel::end(otel, description);
        }
        #[cfg(not(feature = "otel"))]
        drop(description);
    }
}

impl Active {
    /// Takes what was learned in the middle, for the engine and for the metric of the call.
    #[cfg(any(feature = "engine", feature = "metrics"))]
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine needs it")
    )]
    #[inline(never)]
    fn end_late(&mut self, late: LateOwner, ended: Ended, error: Option<&ErrorText>) {
        let late = late.end();
        #[cfg(feature = "engine")]
        if self.record.is_sampled() {
            self.record_late(&late.values);
        }
        #[cfg(feature = "metrics")]
        if let Some(measure) = late.measure {
            let error_type = match error {
                Some((error_type, _)) => Some(&**error_type),
                None => (ended == Ended::Panicked).then_some(PANIC),
            };
            measure.end(error_type, late.values.iter().chain(&late.learned));
        }
        let _ = (ended, error);
    }

    /// From now on the handles record nothing.
    #[cfg(not(any(feature = "engine", feature = "metrics")))]
    #[expect(clippy::unused_self, reason = "that of the engine needs it")]
    fn end_late(&mut self, late: LateOwner, _: Ended, _: Option<&ErrorText>) {
        drop(late);
    }
}

/// Records values for the fields of `span` from `first` on.
pub(crate) fn record(
    site: &'static Site,
    span: &tracing::Span,
    first: usize,
    values: &[AttributeValue<'_>],
) {
    let metadata = site.metadata();
    let recordable: Vec<_> = values
        .iter()
        .map(|value| Recordable::from(*value))
        .collect();
    let older = site.options.older.of(metadata.fields(), first, values);
    with_values(metadata.fields().len(), first, &recordable, &older, |all| {
        let record = || {
            span.record_all(&metadata.fields().value_set_all(all));
        };
        #[cfg(feature = "engine")]
        crate::engine::recording_beside(record);
        #[cfg(not(feature = "engine"))]
        record();
    });
}

/// Calls `f` with a value for each of `len` fields: those of `values` from `first` on, and single
/// ones with their numbers.
pub(crate) fn with_values<R>(
    len: usize,
    first: usize,
    values: &[Recordable<'_>],
    single: &[(usize, Recordable<'_>)],
    f: impl FnOnce(&[Option<&dyn Value>]) -> R,
) -> R {
    let mut stack: [Option<&dyn Value>; STACK_FIELDS] = [None; STACK_FIELDS];
    let mut heap = Vec::new();
    let all = if let Some(all) = stack.get_mut(..len) {
        all
    } else {
        heap.resize(len, None);
        heap.as_mut_slice()
    };
    for (slot, value) in all.iter_mut().skip(first).zip(values) {
        *slot = value.as_value();
    }
    for (number, value) in single {
        if let Some(slot) = all.get_mut(*number) {
            *slot = value.as_value();
        }
    }
    f(all)
}
