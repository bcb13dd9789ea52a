//! [`Foreign`]: the spans that others make with `tracing`, where the engine records them.

use super::{Entered, Entry, Mark, SPARE};
use crate::current::frame::Frame;
use crate::current::thread::{is_possible, with_thread};
use crate::span::Beside;

/// A span of `tracing` that the engine records, where it is entered.
pub(crate) struct Foreign {
    /// The number of the engine. Each subscriber counts its spans from the beginning.
    pub(crate) engine: u64,
    pub(crate) id: tracing::span::Id,
    pub(crate) frame: Frame,
    /// What makes it OpenTelemetry's current context too.
    pub(crate) attached: Option<opentelemetry::ContextGuard>,
}

/// Makes a span of others the innermost one.
pub(crate) fn enter_foreign(mut foreign: Foreign) {
    if is_possible() {
        let mark = Mark::now(Some(&foreign.frame));
        with_thread(|thread| {
            let stack = &mut thread.stack;
            if let Some((Some(around), _)) = stack.innermost(foreign.frame.realm) {
                foreign.frame.inherit_baggage(around);
            }
            let foreign = match stack.spare_foreign.pop() {
                Some(mut spare) => {
                    *spare = foreign;
                    spare
                }
                None => Box::new(foreign),
            };
            stack.push(Entry::Foreign(foreign), mark, Beside::default());
        });
    }
}

/// Leaves a span of others, and returns what has made it OpenTelemetry's current context, to be dropped.
pub(crate) fn exit_foreign(
    engine: u64,
    id: &tracing::span::Id,
) -> Option<opentelemetry::ContextGuard> {
    with_thread(|thread| {
        let stack = &mut thread.stack;
        let is_it = |entered: &Entered| match &entered.entry {
            Entry::Foreign(foreign) => foreign.engine == engine && foreign.id == *id,
            _ => false,
        };
        // It is nearly always the innermost one.
        let place = stack.entries.iter().rposition(is_it)?;
        let entered = stack.entries.remove(place);
        // Nothing of others is beside a span of others.
        let _ = stack.put_aside(entered.aside);
        let Entry::Foreign(mut foreign) = entered.entry else {
            return None;
        };
        let attached = foreign.attached.take();
        foreign.frame.context = None;
        foreign.frame.inbox = None;
        if stack.spare_foreign.len() < SPARE {
            stack.spare_foreign.push(foreign);
        }
        attached
    })
    .flatten()
}
