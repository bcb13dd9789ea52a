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

#[cfg(feature = "spans")]
pub(crate) use frames::{
    Ambient, Frame, Origin, ambient, enter, exit, is_entered, is_possible, snapshot,
};

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
    return frames::set_baggage(baggage);
    #[cfg(not(feature = "spans"))]
    {
        drop(baggage);
        false
    }
}

#[cfg(feature = "spans")]
mod frames {
    use std::cell::RefCell;

    use crate::baggage::Baggage;
    use crate::context::TraceContext;
    #[cfg(feature = "otel")]
    use crate::otel;

    thread_local! {
        static TOP: RefCell<Option<Frame>> = first_use();
    }

    /// Thread-locals are destroyed in the reverse order of their first use. So where ours is still
    /// there, that of OpenTelemetry is, which panics when it is used later.
    fn first_use() -> RefCell<Option<Frame>> {
        #[cfg(feature = "otel")]
        drop(opentelemetry::Context::current());
        RefCell::new(None)
    }

    /// Whether anything can be current on this thread. It cannot at the end of the thread, in the
    /// destructors of thread-locals.
    pub(crate) fn is_possible() -> bool {
        TOP.try_with(|_| ()).is_ok()
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
    }

    /// Where the context of a frame comes from, which decides how a span inside finds its parent.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) enum Origin {
        /// A span that the subscriber knows: it finds the parent by itself.
        Span,
        /// A context without a span here: it has to be given to the subscriber as a remote parent.
        Passed,
        /// A task from outside every trace: what starts inside is a root, whatever is current on the
        /// thread that polls it.
        Outside,
        /// Work that was detached: what starts inside is a root, linked to this context.
        Detached(Option<TraceContext>),
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
        pub(crate) fn baggage(&self) -> Baggage {
            self.context
                .as_ref()
                .map_or_else(|| self.baggage.clone(), |context| context.baggage().clone())
        }
    }

    /// Makes `frame` the current one, or none, and returns the one before, which [`exit`] takes back.
    /// Call it after everything else that the span makes current on this thread.
    pub(crate) fn enter(mut frame: Option<Frame>) -> Option<Frame> {
        if let Some(frame) = &mut frame {
            frame.mark = Mark::now();
        }
        TOP.try_with(|top| top.replace(frame)).ok().flatten()
    }

    /// Restores the frame that was current before, and returns the one that was current until now.
    pub(crate) fn exit(previous: Option<Frame>) -> Option<Frame> {
        TOP.try_with(|top| top.replace(previous)).ok().flatten()
    }

    fn top() -> Option<Frame> {
        TOP.try_with(|top| top.borrow().clone()).ok().flatten()
    }

    /// What is current here as a frame, for a task that continues it elsewhere. `None` outside every
    /// frame: what others have made current goes along by itself.
    pub(crate) fn snapshot() -> Option<Frame> {
        let frame = top()?;
        if frame.mark == Mark::now() {
            return Some(frame);
        }
        // A span of others is inside ours. In the task it is entered before the frame, which so
        // would seem to be inside it.
        let ambient = ambient();
        let baggage = ambient.baggage();
        Some(Frame::new(ambient.context, ambient.origin).with_baggage(baggage))
    }

    /// Whether there is a frame here.
    pub(crate) fn is_entered() -> bool {
        TOP.try_with(|top| top.borrow().is_some()).unwrap_or(false)
    }

    pub(super) fn set_baggage(baggage: Baggage) -> bool {
        TOP.try_with(|top| match &mut *top.borrow_mut() {
            Some(frame) => {
                frame.set_baggage(baggage);
                true
            }
            None => false,
        })
        .unwrap_or(false)
    }

    /// The innermost context here, and how a new span finds it.
    pub(crate) fn ambient() -> Ambient {
        let frame = top();
        #[cfg(feature = "otel")]
        if is_possible()
            && let Some(theirs) = inside(frame.as_ref())
        {
            return theirs;
        }
        match frame {
            Some(frame) => Ambient {
                context: frame.context,
                baggage: frame.baggage,
                origin: frame.origin,
            },
            None => Ambient {
                context: None,
                baggage: Baggage::new(),
                origin: Origin::Span,
            },
        }
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
