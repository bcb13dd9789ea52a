//! Entering and leaving: what spans and tasks ask of the stack of their thread.

use super::{Entry, Mark, Token};
use crate::baggage::Baggage;
#[cfg(feature = "engine")]
use crate::context::TraceContext;
use crate::current::frame::{Frame, Realm};
use crate::current::thread::{is_possible, with_thread};
use crate::session::SessionTelemetry;
use crate::span::{Active, Beside};

/// Makes a span the innermost one. Call it after everything else that the span makes current on this thread.
/// At the end of the thread, where nothing is entered, the span comes back.
pub(crate) fn enter_span(
    active: Box<Active>,
    beside: Beside,
) -> Result<Token, (Box<Active>, Beside)> {
    // Others are asked before the thread's things are in the hand.
    let mark = if active.frame.marks_nothing() {
        Mark::NOTHING
    } else if is_possible() {
        Mark::now(Some(&active.frame))
    } else {
        return Err((active, beside));
    };
    let mut span = Some((active, beside));
    let token = with_thread(|thread| {
        let (active, beside) = span.take()?;
        let stack = &mut thread.stack;
        if !active.session.is_empty() {
            let (token, realm) = (Token(stack.next), active.frame.realm);
            stack.push_session(token, realm, &active.session);
        }
        Some(stack.push(Entry::Span(active), mark, beside))
    });
    match (token.flatten(), span) {
        (Some(token), _) => Ok(token),
        (None, Some(span)) => Err(span),
        (None, None) => Ok(Token::NONE),
    }
}

/// [`enter_span`] for one that has nothing beside it, in a frame that [needs no mark](Frame::marks_nothing).
#[cfg(feature = "engine")]
pub(crate) fn enter_span_alone(active: Box<Active>) -> Result<Token, Box<Active>> {
    let mut active = Some(active);
    let token = with_thread(|thread| {
        let active = active.take()?;
        Some(thread.stack.push_alone(Entry::Span(active)))
    });
    match (token.flatten(), active) {
        (Some(token), _) => Ok(token),
        (None, Some(active)) => Err(active),
        (None, None) => Ok(Token::NONE),
    }
}

/// Leaves a span, which comes back with the baggage that was set meanwhile, and with what it has made current
/// beside it.
pub(crate) fn exit_span(token: Token) -> Option<(Box<Active>, Beside)> {
    let left = with_thread(|thread| {
        thread.stack.remove_session(token);
        thread.stack.remove(token)
    });
    match left.flatten()? {
        (Entry::Span(active), beside) => Some((active, beside)),
        _ => None,
    }
}

/// [`exit_span`] for the innermost entry, if it has nothing aside and no session.
#[cfg(feature = "engine")]
pub(crate) fn exit_span_alone(token: Token) -> Option<Box<Active>> {
    with_thread(|thread| {
        let active = thread.stack.innermost_span(token)?;
        if !active.session.is_empty() {
            return None;
        }
        thread.stack.pop_span()
    })
    .flatten()
}

/// Where a span of others starts, where contexts of OpenTelemetry are a world of their own.
#[cfg(feature = "engine")]
pub(crate) enum Settled {
    /// In no trace.
    Outside,
    Below(TraceContext),
    /// That is to be asked of the [surroundings](super::ambient).
    Not,
}

/// Where a span of others starts, as far as the innermost entry tells.
#[cfg(feature = "engine")]
pub(crate) fn settled(realm: Realm) -> Settled {
    let settled = with_thread(|thread| match thread.stack.innermost(realm) {
        None => Settled::Outside,
        Some((Some(frame), Mark::Nothing)) => match &frame.context {
            Some(context) => Settled::Below(context.clone()),
            None => Settled::Not,
        },
        Some(_) => Settled::Not,
    });
    settled.unwrap_or(Settled::Not)
}

/// The span of `tracing` that is current beside the span of this token.
pub(crate) fn span_beside(token: Token) -> Option<tracing::Span> {
    with_thread(|thread| {
        let entries = &thread.stack.entries;
        let entered = entries.iter().rfind(|entered| entered.token == token)?;
        entered.aside.as_ref()?.beside.span().cloned()
    })
    .flatten()
}

/// Makes the frame of a task the innermost one, or hides what is current, and its session that of the realm; `None` at
/// the end of the thread.
pub(crate) fn enter_task(
    frame: Option<Box<Frame>>,
    realm: Realm,
    session: &SessionTelemetry,
) -> Option<Token> {
    if !is_possible() {
        return None;
    }
    let mark = Mark::now(frame.as_deref());
    with_thread(|thread| {
        let stack = &mut thread.stack;
        let token = stack.push(Entry::Task(frame), mark, Beside::default());
        stack.push_session(token, realm, session);
        token
    })
}

/// Leaves a task, whose frame comes back with the baggage that was set meanwhile.
pub(crate) fn exit_task(token: Token) -> Option<Box<Frame>> {
    let left = with_thread(|thread| {
        thread.stack.remove_session(token);
        thread.stack.remove(token)
    });
    match left.flatten()? {
        (Entry::Task(frame), _) => frame,
        _ => None,
    }
}

/// Shows `f` the state of the call that was entered with this token. What [`with_thread`] says of `f` holds.
#[cfg(feature = "engine")]
pub(crate) fn with_span<R>(token: Token, f: impl FnOnce(&mut Active) -> R) -> Option<R> {
    with_thread(|thread| {
        let entries = &mut thread.stack.entries;
        let entered = entries.iter_mut().rfind(|entered| entered.token == token)?;
        match &mut entered.entry {
            Entry::Span(active) => Some(f(active)),
            _ => None,
        }
    })
    .flatten()
}

/// Shows `f` the entries of a realm from the innermost on, until it has an answer. What [`with_thread`] says of `f`
/// holds.
#[cfg(feature = "otel")]
pub(crate) fn find<R>(realm: Realm, mut f: impl FnMut(&mut Entry) -> Option<R>) -> Option<R> {
    with_thread(|thread| thread.stack.find(realm, |_, entry| f(entry))).flatten()
}

/// Where the span that is innermost here takes what is said elsewhere, if it is one of ours or a task of one.
#[cfg(feature = "engine")]
pub(crate) fn share(realm: Realm) -> Option<std::sync::Arc<crate::engine::Inbox>> {
    find(realm, |entry| {
        Some(match entry {
            Entry::Span(active) => active.record.share(),
            Entry::Task(frame) => frame.as_ref().and_then(|frame| frame.inbox.clone()),
            Entry::Foreign(foreign) => foreign.frame.inbox.clone(),
            Entry::Outside(_) => None,
        })
    })
    .flatten()
}

/// Whether there is a frame here.
pub(crate) fn is_entered(realm: Realm) -> bool {
    with_thread(|thread| matches!(thread.stack.innermost(realm), Some((Some(_), _))))
        .unwrap_or(false)
}

/// Sets the baggage of the innermost span of ours, and of those of others inside it.
pub(crate) fn set_baggage(realm: Realm, baggage: &Baggage) -> bool {
    let set = |_, entry: &mut Entry| {
        let is_ours = entry.is_ours();
        let Some(frame) = entry.frame_mut() else {
            return Some(false);
        };
        frame.set_baggage(baggage.clone());
        #[cfg(feature = "engine")]
        {
            frame.is_set = true;
        }
        is_ours.then_some(true)
    };
    with_thread(|thread| thread.stack.find(realm, set))
        .flatten()
        .unwrap_or(false)
}
