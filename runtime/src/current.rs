//! The context that is current on this thread.
//!
//! Each span of this crate, also a disabled one that passes a received context on, puts a
//! [`Frame`] here for as long as its code runs: for an async function during each poll. Spans that
//! others make with `tracing` or with the OpenTelemetry API leave no frame, so a frame remembers
//! what was current there when it was entered; a difference means that one of theirs is inside
//! ours, and that its context is the current one.

use crate::baggage::Baggage;
use crate::context::TraceContext;
use crate::ids::TraceId;

#[cfg(feature = "otel")]
pub(crate) use frames::find;
#[cfg(feature = "spans")]
pub(crate) use frames::{
    Ambient, Entry, Frame, Origin, Token, ambient, enter, exit, is_entered, is_possible, snapshot,
};
#[cfg(feature = "engine")]
pub(crate) use frames::{Foreign, exit_foreign, with_span};

/// The context of the innermost span that is current here.
pub(crate) fn context() -> Option<TraceContext> {
    #[cfg(feature = "spans")]
    return ambient().context;
    #[cfg(not(feature = "spans"))]
    None
}

/// The id of the current trace: for replies, log rows and database rows. `None` outside a trace.
///
/// Costs one look at a thread-local.
#[must_use]
pub fn current_trace_id() -> Option<TraceId> {
    context().map(|context| context.trace_id())
}

/// The current context as a value; `None` outside a trace. [`TraceCarrier::capture`](crate::TraceCarrier::capture)
/// takes it into a message.
#[must_use]
pub fn current_context() -> Option<TraceContext> {
    context()
}

/// The baggage of the current context; empty outside a trace.
#[must_use]
pub fn current_baggage() -> Baggage {
    #[cfg(feature = "spans")]
    return ambient().baggage();
    #[cfg(not(feature = "spans"))]
    Baggage::new()
}

/// Replaces the baggage of the annotated function that is running, and says whether there is one.
///
/// What is captured or called from here on has the new baggage, also after an await; what called
/// this function keeps its own. Outside an annotated function, and in one whose span is disabled
/// and that received no context, there is no place to keep baggage: nothing is changed, and the
/// answer is `false`. Code on the OpenTelemetry API does not see baggage that was set here; baggage
/// that it attaches by itself inside the function counts before this one, until it is detached.
///
/// ```
/// use tracing_relay::{current_baggage, set_current_baggage};
///
/// let baggage = current_baggage().with("user.tier", "gold")?;
/// assert!(!set_current_baggage(baggage), "there is no span here");
/// # Ok::<(), tracing_relay::baggage::BaggageError>(())
/// ```
#[expect(
    clippy::must_use_candidate,
    reason = "a program without traces has nothing to do about the answer"
)]
pub fn set_current_baggage(baggage: Baggage) -> bool {
    #[cfg(feature = "spans")]
    return frames::set_baggage(&baggage);
    #[cfg(not(feature = "spans"))]
    {
        drop(baggage);
        false
    }
}

#[cfg(feature = "spans")]
mod frames {
    use std::cell::RefCell;
    #[cfg(feature = "engine")]
    use std::sync::Arc;

    use crate::baggage::Baggage;
    use crate::context::TraceContext;
    #[cfg(feature = "engine")]
    use crate::engine::Inbox;
    #[cfg(feature = "otel")]
    use crate::otel;
    use crate::span::Active;

    thread_local! {
        static STACK: RefCell<Stack> = first_use();
    }

    /// Thread-locals are destroyed in the reverse order of their first use. So where ours is still
    /// there, that of OpenTelemetry is, which panics when it is used later.
    fn first_use() -> RefCell<Stack> {
        #[cfg(feature = "otel")]
        drop(opentelemetry::Context::current());
        RefCell::default()
    }

    /// Whether anything can be current on this thread. It cannot at the end of the thread, in the
    /// destructors of thread-locals.
    pub(crate) fn is_possible() -> bool {
        STACK.try_with(|_| ()).is_ok()
    }

    /// What is entered on this thread, the innermost last.
    #[derive(Default)]
    struct Stack {
        entries: Vec<(Token, Entry)>,
        next: u64,
    }

    /// Says which entry is to be left. Spans of others can be left in any order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) struct Token(u64);

    /// What can be entered.
    #[derive(Debug)]
    pub(crate) enum Entry {
        /// A span of ours.
        Span(Box<Active>),
        /// A task that continues this somewhere else; with nothing, one that has no part in what is
        /// current around it.
        Task(Option<Box<Frame>>),
        /// A span of others that the engine records.
        #[cfg(feature = "engine")]
        Foreign(Foreign),
    }

    impl Entry {
        fn frame(&self) -> Option<&Frame> {
            match self {
                Self::Span(active) => Some(&active.frame),
                Self::Task(frame) => frame.as_deref(),
                #[cfg(feature = "engine")]
                Self::Foreign(foreign) => Some(&foreign.frame),
            }
        }

        #[cfg(feature = "engine")]
        fn is_foreign(&self) -> bool {
            matches!(self, Self::Foreign(_))
        }

        #[cfg(not(feature = "engine"))]
        #[expect(clippy::unused_self, reason = "with the engine it is needed")]
        fn is_foreign(&self) -> bool {
            false
        }

        fn frame_mut(&mut self) -> Option<&mut Frame> {
            match self {
                Self::Span(active) => Some(&mut active.frame),
                Self::Task(frame) => frame.as_deref_mut(),
                #[cfg(feature = "engine")]
                Self::Foreign(foreign) => Some(&mut foreign.frame),
            }
        }
    }

    /// A span of `tracing` that the engine records, where it is entered.
    #[cfg(feature = "engine")]
    #[derive(Debug)]
    pub(crate) struct Foreign {
        pub(crate) id: tracing::span::Id,
        pub(crate) frame: Frame,
        /// What makes it OpenTelemetry's current context too.
        pub(crate) _attached: Option<opentelemetry::ContextGuard>,
    }

    /// What a span of ours, or a task that was spawned from one, has put on this thread.
    #[derive(Clone, Debug)]
    pub(crate) struct Frame {
        pub(crate) context: Option<TraceContext>,
        /// Baggage that came without a context, or that is to be kept where there is none.
        pub(crate) baggage: Baggage,
        pub(crate) origin: Origin,
        /// Whether entering a span makes its context OpenTelemetry's current one, as was seen when the
        /// span of this frame was entered.
        #[cfg(feature = "otel")]
        pub(crate) activates: bool,
        mark: Mark,
        /// In a task: where the span that started it takes what is said here.
        #[cfg(feature = "engine")]
        pub(crate) inbox: Option<Arc<Inbox>>,
        /// The mark of a frame of the engine.
        #[cfg(feature = "engine")]
        glance: otel::Glance,
    }

    /// Where the context of a frame comes from, which decides how a span inside finds its parent.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) enum Origin {
        /// A span that the subscriber knows: it finds the parent by itself.
        Span,
        /// A span of the engine, which sees every span that can be inside.
        #[cfg(feature = "engine")]
        Engine,
        /// A context without a span here: it has to be given to the subscriber as a remote parent.
        Passed,
        /// A task from outside every trace: what starts inside is a root, whatever is current on the
        /// thread that polls it.
        Outside,
        /// Work that was detached: what starts inside is a root, linked to this context.
        Detached(Option<Box<TraceContext>>),
    }

    /// What others have made current on this thread.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    struct Mark {
        tracing: Option<u64>,
        #[cfg(feature = "otel")]
        otel: otel::Mark,
    }

    impl Mark {
        fn now() -> Self {
            Self {
                tracing: tracing::dispatcher::get_default(|dispatch| {
                    dispatch
                        .current_span()
                        .id()
                        .map(tracing::span::Id::into_u64)
                }),
                #[cfg(feature = "otel")]
                otel: otel::Mark::now(),
            }
        }
    }

    impl Frame {
        pub(crate) fn new(context: Option<TraceContext>, origin: Origin) -> Self {
            Self {
                context,
                baggage: Baggage::new(),
                origin,
                #[cfg(feature = "otel")]
                activates: false,
                mark: Mark::default(),
                #[cfg(feature = "engine")]
                inbox: None,
                #[cfg(feature = "engine")]
                glance: otel::Glance::default(),
            }
        }

        pub(crate) fn with_baggage(mut self, baggage: Baggage) -> Self {
            self.set_baggage(baggage);
            self
        }

        fn set_baggage(&mut self, baggage: Baggage) {
            match self.context.take() {
                Some(context) => self.context = Some(context.with_baggage(baggage)),
                None => self.baggage = baggage,
            }
        }

        /// Remembers what others have made current outside of this frame.
        fn set_mark(&mut self) {
            #[cfg(feature = "engine")]
            if self.origin == Origin::Engine {
                // Spans of `tracing` put entries of their own here.
                self.glance = otel::Glance::now();
                return;
            }
            self.mark = Mark::now();
        }

        /// Whether nothing of others is inside this frame, which is the innermost one.
        fn is_innermost(&self) -> bool {
            #[cfg(feature = "engine")]
            if self.origin == Origin::Engine {
                return self.glance == otel::Glance::now();
            }
            self.mark == Mark::now()
        }

        fn as_ambient(&self) -> Ambient {
            Ambient {
                context: self.context.clone(),
                baggage: self.baggage.clone(),
                origin: self.origin.clone(),
            }
        }

        #[cfg(feature = "otel")]
        fn baggage(&self) -> &Baggage {
            self.context
                .as_ref()
                .map_or(&self.baggage, TraceContext::baggage)
        }
    }

    /// The surroundings of a span that is about to start.
    #[derive(Clone, Debug)]
    pub(crate) struct Ambient {
        pub(crate) context: Option<TraceContext>,
        /// The baggage of a frame without a context.
        baggage: Baggage,
        /// [`Origin::Span`] also where there is no frame, or where a span of others is inside it.
        pub(crate) origin: Origin,
    }

    impl Ambient {
        fn nothing() -> Self {
            Self {
                context: None,
                baggage: Baggage::new(),
                origin: Origin::Span,
            }
        }

        pub(crate) fn baggage(&self) -> Baggage {
            self.context
                .as_ref()
                .map_or_else(|| self.baggage.clone(), |context| context.baggage().clone())
        }
    }

    /// Makes `entry` the innermost one. [`exit`] takes the token and gives the entry back. Call it after
    /// everything else that the span makes current on this thread. Nothing is entered at the end of the
    /// thread; then the entry comes back.
    pub(crate) fn enter(mut entry: Entry) -> Result<Token, Entry> {
        if !is_possible() {
            return Err(entry);
        }
        if let Some(frame) = entry.frame_mut() {
            frame.set_mark();
        }
        let mut entry = Some(entry);
        let entered = STACK.try_with(|stack| {
            let mut stack = stack.borrow_mut();
            let token = Token(stack.next);
            stack.next += 1;
            stack
                .entries
                .extend(entry.take().map(|entry| (token, entry)));
            token
        });
        match (entered, entry) {
            (Err(_), Some(entry)) => Err(entry),
            (Ok(token), _) => Ok(token),
            (Err(_), None) => Ok(Token(u64::MAX)),
        }
    }

    /// Leaves an entry, which comes back with the baggage that was set meanwhile.
    pub(crate) fn exit(token: Token) -> Option<Entry> {
        STACK
            .try_with(|stack| {
                let entries = &mut stack.borrow_mut().entries;
                let place = entries.iter().rposition(|(entered, _)| *entered == token)?;
                Some(entries.remove(place).1)
            })
            .ok()
            .flatten()
    }

    /// Shows `f` the state of the call that was entered with this token. `f` must not run code of the
    /// program, which could come back here.
    #[cfg(feature = "engine")]
    pub(crate) fn with_span<R>(token: Token, f: impl FnOnce(&mut Active) -> R) -> Option<R> {
        STACK
            .try_with(|stack| {
                let entries = &mut stack.borrow_mut().entries;
                let (_, entry) = entries.iter_mut().rfind(|(entered, _)| *entered == token)?;
                match entry {
                    Entry::Span(active) => Some(f(active)),
                    _ => None,
                }
            })
            .ok()
            .flatten()
    }

    /// Leaves a span of others.
    #[cfg(feature = "engine")]
    pub(crate) fn exit_foreign(id: &tracing::span::Id) -> Option<Foreign> {
        STACK
            .try_with(|stack| {
                let entries = &mut stack.borrow_mut().entries;
                let is_it = |(_, entry): &(Token, Entry)| matches!(entry, Entry::Foreign(foreign) if foreign.id == *id);
                let place = entries.iter().rposition(is_it)?;
                match entries.remove(place) {
                    (_, Entry::Foreign(foreign)) => Some(foreign),
                    _ => None,
                }
            })
            .ok()
            .flatten()
    }

    /// Shows `f` the entries from the innermost on, until it has an answer. `f` must not run code of
    /// the program, which could come back here.
    #[cfg(feature = "otel")]
    pub(crate) fn find<R>(f: impl FnMut(&mut Entry) -> Option<R>) -> Option<R> {
        let mut f = f;
        STACK
            .try_with(|stack| {
                let entries = &mut stack.borrow_mut().entries;
                entries.iter_mut().rev().find_map(|(_, entry)| f(entry))
            })
            .ok()
            .flatten()
    }

    /// The frame of the innermost entry.
    fn top() -> Option<Frame> {
        with_top(|entry| entry.frame().cloned()).flatten()
    }

    fn with_top<R>(f: impl FnOnce(&Entry) -> R) -> Option<R> {
        STACK
            .try_with(|stack| stack.borrow().entries.last().map(|(_, entry)| f(entry)))
            .ok()
            .flatten()
    }

    /// What is current here as a frame, for a task that continues it elsewhere. `None` outside every
    /// frame: what others have made current goes along by itself.
    ///
    /// With `shared` the task can say something about the span that it was started from.
    pub(crate) fn snapshot(shared: bool) -> Option<Frame> {
        let frame = top()?;
        #[cfg(feature = "engine")]
        let inbox = frame
            .inbox
            .clone()
            .or_else(|| shared.then(share_top).flatten());
        #[cfg(not(feature = "engine"))]
        let _ = shared;
        let frame = if frame.is_innermost() {
            frame
        } else {
            // A span of others is inside ours. In the task it is entered before the frame, which so
            // would seem to be inside it.
            let ambient = ambient();
            let baggage = ambient.baggage();
            Frame::new(ambient.context, ambient.origin).with_baggage(baggage)
        };
        Some(Frame {
            #[cfg(feature = "engine")]
            inbox,
            ..frame
        })
    }

    /// The inbox of the innermost entry, if that is a span of ours.
    #[cfg(feature = "engine")]
    fn share_top() -> Option<Arc<Inbox>> {
        STACK
            .try_with(|stack| match stack.borrow_mut().entries.last_mut() {
                Some((_, Entry::Span(active))) => active.record.share(),
                _ => None,
            })
            .ok()
            .flatten()
    }

    /// Whether there is a frame here.
    pub(crate) fn is_entered() -> bool {
        with_top(|entry| entry.frame().is_some()).unwrap_or(false)
    }

    pub(super) fn set_baggage(baggage: &Baggage) -> bool {
        STACK
            .try_with(|stack| {
                for (_, entry) in stack.borrow_mut().entries.iter_mut().rev() {
                    let is_ours = !entry.is_foreign();
                    match entry.frame_mut() {
                        Some(frame) => frame.set_baggage(baggage.clone()),
                        None => return false,
                    }
                    if is_ours {
                        return true;
                    }
                }
                false
            })
            .unwrap_or(false)
    }

    /// The innermost context here, and how a new span finds it.
    pub(crate) fn ambient() -> Ambient {
        #[cfg(feature = "engine")]
        if let Some(ambient) = of_engine() {
            return ambient;
        }
        let frame = top();
        #[cfg(feature = "otel")]
        if is_possible()
            && let Some(theirs) = inside(frame.as_ref())
        {
            return theirs;
        }
        frame.map_or_else(Ambient::nothing, |frame| frame.as_ambient())
    }

    /// What is current where the innermost frame is one of the engine.
    #[cfg(feature = "engine")]
    fn of_engine() -> Option<Ambient> {
        let (mut ours, before) = with_top(|entry| {
            let frame = entry
                .frame()
                .filter(|frame| frame.origin == Origin::Engine)?;
            Some((frame.as_ambient(), frame.glance))
        })
        .flatten()?;
        let now = otel::Glance::now();
        if now == before {
            return Some(ours);
        }
        if now.has_span_of(&before) {
            let baggage = otel::current_baggage();
            ours.context = ours.context.map(|context| context.with_baggage(baggage));
            return Some(ours);
        }
        let Some(mut theirs) = otel::current_context() else {
            // Others have left the trace of the frame: a span that starts here is a root.
            return Some(Ambient {
                context: None,
                baggage: otel::current_baggage(),
                origin: Origin::Span,
            });
        };
        let is_of_our_trace = ours
            .context
            .as_ref()
            .is_none_or(|ours| ours.trace_id() == theirs.trace_id());
        if is_of_our_trace && theirs.baggage().is_empty() {
            theirs = theirs.with_baggage(ours.baggage());
        }
        Some(Ambient {
            context: Some(theirs),
            baggage: Baggage::new(),
            origin: Origin::Passed,
        })
    }

    /// What others have made current inside a frame.
    #[cfg(feature = "otel")]
    fn inside(frame: Option<&Frame>) -> Option<Ambient> {
        let now = Mark::now();
        let entered = frame.map(|frame| frame.mark).unwrap_or_default();
        if now == entered {
            return None;
        }
        // Where the layer activates contexts, OpenTelemetry knows all. There the layer must not be
        // asked: it may be just starting that span, with its lock, and have called a span processor
        // that wants to know the current baggage.
        let activates = frame.is_some_and(|frame| frame.activates);
        let of_tracing = if activates {
            None
        } else {
            otel::context_of_current_span()
        };
        let of_tracing_id = of_tracing.as_ref().map(TraceContext::span_id);
        let other_baggage = !now.otel.has_baggage_of(&entered.otel);
        // Where OpenTelemetry's own current span is unchanged, the layer does not activate contexts,
        // and the span of others has to be asked.
        let theirs = if !activates
            && now.otel.has_span_of(&entered.otel)
            && now.tracing != entered.tracing
        {
            of_tracing.map(|theirs| {
                if other_baggage {
                    theirs.with_baggage(otel::current_baggage())
                } else {
                    theirs
                }
            })
        } else {
            otel::current_context()
        };
        let Some(mut theirs) = theirs else {
            let baggage = otel::current_baggage();
            // Where the layer activates contexts and there is none, others have left the trace of
            // the frame: a span that starts here is a root.
            let left = activates || frame.is_none() && !baggage.is_empty();
            return left.then_some(Ambient {
                context: None,
                baggage,
                origin: Origin::Span,
            });
        };
        // Baggage that was set in the frame is newer than what rides in OpenTelemetry's context,
        // unless that was given other baggage meanwhile.
        if let Some(frame) = frame
            && !other_baggage
            && frame
                .context
                .as_ref()
                .is_none_or(|ours| ours.trace_id() == theirs.trace_id())
        {
            theirs = theirs.with_baggage(frame.baggage().clone());
        }
        // The layer finds a span of `tracing` by itself. One of the OpenTelemetry API it finds only
        // where it activates contexts.
        let origin = if activates || of_tracing_id == Some(theirs.span_id()) {
            Origin::Span
        } else {
            Origin::Passed
        };
        Some(Ambient {
            context: Some(theirs),
            baggage: Baggage::new(),
            origin,
        })
    }
}
