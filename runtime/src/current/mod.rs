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

#[cfg(feature = "engine")]
mod border;
#[cfg(feature = "spans")]
mod frame;
#[cfg(feature = "spans")]
mod sessions;
#[cfg(feature = "spans")]
mod stack;
#[cfg(feature = "spans")]
mod surroundings;
#[cfg(feature = "spans")]
mod thread;

#[cfg(feature = "engine")]
pub(crate) use border::{
    Application, Around, application, application_dispatch, enter_outside, enter_scope,
    exit_outside, exit_scope, innermost_span,
};
#[cfg(feature = "spans")]
pub(crate) use frame::{Frame, Origin, Realm};
#[cfg(feature = "otel")]
pub(crate) use sessions::has_sessions;
#[cfg(feature = "spans")]
pub(crate) use sessions::{EnteredSession, enter_session, keep_session, leave_session, session};
#[cfg(feature = "otel")]
pub(crate) use stack::{Entry, find};
#[cfg(feature = "engine")]
pub(crate) use stack::{
    Foreign, Mark, Settled, enter_foreign, enter_span_alone, exit_foreign, exit_span_alone,
    settled, share, with_span,
};
#[cfg(feature = "spans")]
pub(crate) use stack::{
    Token, enter_span, enter_task, exit_span, exit_task, is_entered, span_beside,
};
#[cfg(feature = "telemetry")]
pub(crate) use surroundings::frame_context_in;
#[cfg(feature = "spans")]
pub(crate) use surroundings::{Ambient, ambient, ambient_in, realm, snapshot};
#[cfg(feature = "engine")]
pub(crate) use thread::Thread;
#[cfg(feature = "spans")]
pub(crate) use thread::{is_possible, with_thread};

/// The context of the innermost span that is current here.
pub(crate) fn context() -> Option<TraceContext> {
    #[cfg(feature = "spans")]
    return context_in(realm());
    #[cfg(not(feature = "spans"))]
    None
}

/// The context of the innermost span of a realm that is current here.
#[cfg(feature = "spans")]
pub(crate) fn context_in(realm: Realm) -> Option<TraceContext> {
    #[cfg(feature = "engine")]
    if let Some(context) = settled_context_in(realm) {
        return Some(context);
    }
    ambient_in(realm).context
}

/// The same where nobody else can have made another span current since it was entered.
#[cfg(feature = "engine")]
pub(crate) fn settled_context_in(realm: Realm) -> Option<TraceContext> {
    with_thread(|thread| thread.stack.settled_context(realm)).flatten()
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
#[cfg_attr(
    feature = "spans",
    expect(
        clippy::needless_pass_by_value,
        reason = "who sets it has no more use for it"
    )
)]
pub fn set_current_baggage(baggage: Baggage) -> bool {
    #[cfg(feature = "spans")]
    return stack::set_baggage(realm(), &baggage);
    #[cfg(not(feature = "spans"))]
    {
        drop(baggage);
        false
    }
}
