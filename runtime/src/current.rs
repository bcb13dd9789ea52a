//! The context that is current on this thread.

use crate::context::TraceContext;
use crate::ids::TraceId;

/// The context of the innermost span that is current here.
pub(crate) fn context() -> Option<TraceContext> {
    None
}

/// The id of the current trace, for replies, log rows and database rows.
#[must_use]
pub fn current_trace_id() -> Option<TraceId> {
    context().map(|context| context.trace_id())
}
