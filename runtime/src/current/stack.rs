//! What is entered on a thread, the innermost last, and what else a thread keeps for its spans: all in one
//! place, so that a span looks for it once.

use std::cell::RefCell;

#[cfg(feature = "engine")]
use super::border::Border;
use super::frame::{Frame, Realm};
use crate::baggage::Baggage;
#[cfg(feature = "engine")]
use crate::context::TraceContext;
#[cfg(feature = "otel")]
use crate::otel;
use crate::span::{Active, Beside, Pool};

thread_local! {
    static THREAD: RefCell<Thread> = first_use();
}

/// Thread-locals are destroyed in the reverse order of their first use. So where ours is still
/// there, that of OpenTelemetry is, which panics when it is used later.
fn first_use() -> RefCell<Thread> {
    #[cfg(feature = "otel")]
    drop(opentelemetry::Context::current());
    RefCell::default()
}

/// What a thread keeps.
#[derive(Default)]
pub(crate) struct Thread {
    pub(crate) stack: Stack,
    pub(crate) pool: Pool,
    #[cfg(feature = "engine")]
    pub(crate) engine: crate::engine::Local,
}

/// Shows `f` what this thread keeps; `None` at the end of the thread. `f` must neither run code of the program
/// nor drop anything of it, which could come back here. What comes back all the same, from a subscriber whose span
/// is cloned or from an allocator, finds nothing.
#[inline]
pub(crate) fn with_thread<R>(f: impl FnOnce(&mut Thread) -> R) -> Option<R> {
    let with = |thread: &RefCell<Thread>| {
        thread
            .try_borrow_mut()
            .ok()
            .map(|mut thread| f(&mut thread))
    };
    THREAD.try_with(with).ok().flatten()
}

/// Whether anything can be current on this thread. It cannot at the end of the thread, in the
/// destructors of thread-locals.
pub(crate) fn is_possible() -> bool {
    THREAD.try_with(|_| ()).is_ok()
}

/// What is entered.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "the boxes are what is kept")]
pub(crate) struct Stack {
    entries: Vec<Entered>,
    next: u64,
    /// Memory for the next entries.
    spare: Vec<Box<Aside>>,
    #[cfg(feature = "engine")]
    spare_foreign: Vec<Box<Foreign>>,
    /// Where scopes begin between the entries: nothing below is visible.
    #[cfg(feature = "engine")]
    pub(super) borders: Vec<Border>,
    /// The innermost of them, or what is before all entries.
    #[cfg(feature = "engine")]
    pub(super) border: Token,
}

/// How much memory is kept of each.
const SPARE: usize = 16;

/// Says which entry is to be left. Spans of others can be left in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token(u64);

impl Token {
    /// That of no entry.
    pub(crate) const NONE: Self = Self(u64::MAX);

    #[cfg(feature = "engine")]
    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    #[cfg(feature = "engine")]
    pub(crate) const fn number(self) -> u64 {
        self.0
    }
}

/// Small, because it is moved in and out for each span and each poll.
struct Entered {
    token: Token,
    entry: Entry,
    /// Nothing where the mark is [`Mark::NOTHING`] and nothing is beside it.
    aside: Option<Box<Aside>>,
}

/// What few entries of the engine have.
struct Aside {
    mark: Mark,
    /// What a span has made current beside its frame, to be put back by it.
    beside: Beside,
}

impl Entered {
    fn mark(&self) -> Mark {
        self.aside
            .as_ref()
            .map_or(Mark::NOTHING, |aside| aside.mark)
    }
}

/// What can be entered.
pub(crate) enum Entry {
    /// A span of ours.
    Span(Box<Active>),
    /// A task that continues this somewhere else; with nothing, one that has no part in what is
    /// current around it.
    Task(Option<Box<Frame>>),
    /// A span of others that the engine records.
    #[cfg(feature = "engine")]
    Foreign(Box<Foreign>),
    /// A scope is left for a while: what is below this token is visible, and nothing between.
    #[cfg(feature = "engine")]
    Outside(Token),
}

/// A span of `tracing` that the engine records, where it is entered.
#[cfg(feature = "engine")]
pub(crate) struct Foreign {
    /// The number of the engine. Each subscriber counts its spans from the beginning.
    pub(crate) engine: u64,
    pub(crate) id: tracing::span::Id,
    pub(crate) frame: Frame,
    /// What makes it OpenTelemetry's current context too.
    pub(crate) attached: Option<opentelemetry::ContextGuard>,
}

impl Entry {
    fn frame(&self) -> Option<&Frame> {
        match self {
            Self::Span(active) => Some(&active.frame),
            Self::Task(frame) => frame.as_deref(),
            #[cfg(feature = "engine")]
            Self::Foreign(foreign) => Some(&foreign.frame),
            #[cfg(feature = "engine")]
            Self::Outside(_) => None,
        }
    }

    fn frame_mut(&mut self) -> Option<&mut Frame> {
        match self {
            Self::Span(active) => Some(&mut active.frame),
            Self::Task(frame) => frame.as_deref_mut(),
            #[cfg(feature = "engine")]
            Self::Foreign(foreign) => Some(&mut foreign.frame),
            #[cfg(feature = "engine")]
            Self::Outside(_) => None,
        }
    }

    /// Whether it counts in a realm.
    fn is_in(&self, realm: Realm) -> bool {
        match self {
            #[cfg(feature = "engine")]
            Self::Outside(_) => false,
            // What hides everything hides it in each.
            Self::Task(None) => true,
            entry => entry.frame().is_some_and(|frame| frame.realm == realm),
        }
    }

    const fn is_ours(&self) -> bool {
        matches!(self, Self::Span(_) | Self::Task(_))
    }
}

/// What others had made current when an entry was entered: what differs later is inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Spans of `tracing` leave no entry here.
    Others(OthersMark),
    /// They do, and only OpenTelemetry's context is looked at.
    #[cfg(feature = "engine")]
    OpenTelemetry(otel::Glance),
    /// They do, and OpenTelemetry's contexts are a world of their own.
    #[cfg(feature = "engine")]
    Nothing,
}

/// What others have made current on this thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OthersMark {
    pub(crate) tracing: Option<u64>,
    #[cfg(feature = "otel")]
    pub(crate) otel: otel::Mark,
}

impl OthersMark {
    pub(crate) fn now() -> Self {
        Self {
            tracing: tracing::dispatcher::get_default(|dispatch| {
                let current = dispatch.current_span();
                current.id().map(tracing::span::Id::into_u64)
            }),
            #[cfg(feature = "otel")]
            otel: otel::Mark::now(),
        }
    }
}

impl Mark {
    #[cfg(feature = "engine")]
    const NOTHING: Self = Self::Nothing;
    #[cfg(not(feature = "engine"))]
    const NOTHING: Self = Self::Others(OthersMark {
        tracing: None,
        #[cfg(feature = "otel")]
        otel: otel::Mark::NONE,
    });

    /// What is current now, as far as it can be inside this frame unseen.
    pub(crate) fn now(frame: Option<&Frame>) -> Self {
        if frame.is_some_and(|frame| !frame.realm.is_application()) {
            return Self::NOTHING;
        }
        #[cfg(feature = "engine")]
        if let Some(frame) = frame.filter(|frame| frame.is_of_engine()) {
            return if frame.activates {
                Self::OpenTelemetry(otel::Glance::now())
            } else {
                Self::Nothing
            };
        }
        let _ = frame;
        Self::Others(OthersMark::now())
    }
}

/// Goes through the entries that are visible in a realm, the innermost first.
struct View {
    realm: Realm,
    /// The entries from here on were seen.
    seen: usize,
    /// Entries from this token on are hidden.
    #[cfg(feature = "engine")]
    hidden: Token,
    /// So are those before this one.
    #[cfg(feature = "engine")]
    border: Token,
}

impl View {
    fn new(realm: Realm, stack: &Stack) -> Self {
        Self {
            realm,
            seen: stack.entries.len(),
            #[cfg(feature = "engine")]
            hidden: Token::NONE,
            #[cfg(feature = "engine")]
            border: stack.border,
        }
    }

    /// The place of the next one.
    fn next(&mut self, stack: &Stack) -> Option<usize> {
        while let Some(place) = self.seen.checked_sub(1) {
            self.seen = place;
            let entered = stack.entries.get(place)?;
            #[cfg(feature = "engine")]
            if entered.token >= self.hidden {
                continue;
            }
            #[cfg(feature = "engine")]
            if entered.token < self.border {
                self.seen = 0;
                return None;
            }
            match &entered.entry {
                #[cfg(feature = "engine")]
                Entry::Outside(below) => {
                    self.hidden = *below;
                    self.border = stack.border_below(*below);
                }
                entry if entry.is_in(self.realm) => return Some(place),
                // It was started in another realm: it continues nothing of this one.
                Entry::Task(_) => self.seen = 0,
                _ => {}
            }
        }
        None
    }
}

impl Stack {
    /// The frame of the innermost entry of a realm, if that has one, and its mark.
    #[inline]
    pub(crate) fn innermost(&self, realm: Realm) -> Option<(Option<&Frame>, Mark)> {
        let last = self.entries.last()?;
        // Nearly always.
        match last.entry.frame() {
            Some(frame) if frame.realm == realm && self.is_seen(last) => {
                Some((Some(frame), last.mark()))
            }
            _ => self.innermost_below(realm),
        }
    }

    #[inline(never)]
    fn innermost_below(&self, realm: Realm) -> Option<(Option<&Frame>, Mark)> {
        let place = View::new(realm, self).next(self)?;
        let entered = self.entries.get(place)?;
        Some((entered.entry.frame(), entered.mark()))
    }

    /// Whether the innermost entry is inside of the innermost scope.
    #[cfg_attr(
        not(feature = "engine"),
        expect(clippy::unused_self, reason = "that of the engine asks it")
    )]
    #[inline]
    const fn is_seen(&self, last: &Entered) -> bool {
        #[cfg(feature = "engine")]
        return last.token.0 >= self.border.0;
        #[cfg(not(feature = "engine"))]
        {
            let _ = last;
            true
        }
    }

    /// Shows `f` the entries of a realm from the innermost on, until it has an answer.
    pub(super) fn find<R>(
        &mut self,
        realm: Realm,
        mut f: impl FnMut(Token, &mut Entry) -> Option<R>,
    ) -> Option<R> {
        let mut view = View::new(realm, self);
        while let Some(place) = view.next(self) {
            let entered = self.entries.get_mut(place)?;
            if let Some(found) = f(entered.token, &mut entered.entry) {
                return Some(found);
            }
        }
        None
    }

    /// The token that comes next.
    #[inline]
    pub(super) fn take_token(&mut self) -> Token {
        let token = Token(self.next);
        self.next += 1;
        token
    }

    /// Where a scope was left behind this border, and not by what is hidden: what is below the token that comes back is
    /// visible then.
    #[cfg(feature = "engine")]
    pub(super) fn left(&self, border: Token, hidden: Token) -> Option<Token> {
        let above = self.entries.iter().rev();
        let mut above = above.take_while(|entered| entered.token > border);
        above.find_map(|entered| match &entered.entry {
            Entry::Outside(below) if entered.token < hidden => Some(*below),
            _ => None,
        })
    }

    /// The context of the innermost entry, where it is of this realm and nothing of others can be inside it unseen.
    #[cfg(feature = "engine")]
    pub(crate) fn settled_context(&self, realm: Realm) -> Option<TraceContext> {
        let last = self.entries.last()?;
        let frame = last.entry.frame()?;
        if frame.realm == realm && self.is_seen(last) && last.mark() == Mark::Nothing {
            frame.context.clone()
        } else {
            None
        }
    }

    /// The innermost entry, if it is a span that was entered with this token and has nothing aside.
    #[cfg(feature = "engine")]
    pub(crate) fn innermost_span(&mut self, token: Token) -> Option<&mut Active> {
        let entered = self.entries.last_mut()?;
        match &mut entered.entry {
            Entry::Span(active) if entered.token == token && entered.aside.is_none() => {
                Some(active)
            }
            _ => None,
        }
    }

    /// Leaves the innermost entry, if it is a span.
    #[cfg(feature = "engine")]
    pub(crate) fn pop_span(&mut self) -> Option<Box<Active>> {
        match self.entries.pop()?.entry {
            Entry::Span(active) => Some(active),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, entry: Entry, mark: Mark, beside: Beside) -> Token {
        let token = self.push_alone(entry);
        if mark != Mark::NOTHING || !beside.is_nothing() {
            let aside = Aside { mark, beside };
            let aside = match self.spare.pop() {
                Some(mut spare) => {
                    *spare = aside;
                    spare
                }
                None => Box::new(aside),
            };
            if let Some(entered) = self.entries.last_mut() {
                entered.aside = Some(aside);
            }
        }
        token
    }

    #[inline]
    pub(super) fn push_alone(&mut self, entry: Entry) -> Token {
        let token = self.take_token();
        self.entries.push(Entered {
            token,
            entry,
            aside: None,
        });
        token
    }

    /// Leaves the entry of this token, which is nearly always the innermost one.
    pub(super) fn remove(&mut self, token: Token) -> Option<(Entry, Beside)> {
        let is_last = self
            .entries
            .last()
            .is_some_and(|entered| entered.token == token);
        let entered = if is_last {
            self.entries.pop()?
        } else {
            let place = self
                .entries
                .iter()
                .rposition(|entered| entered.token == token)?;
            self.entries.remove(place)
        };
        Some((entered.entry, self.put_aside(entered.aside)))
    }

    /// What was beside an entry that was left; the memory is kept.
    fn put_aside(&mut self, aside: Option<Box<Aside>>) -> Beside {
        let Some(mut aside) = aside else {
            return Beside::default();
        };
        let beside = std::mem::take(&mut aside.beside);
        if self.spare.len() < SPARE {
            self.spare.push(aside);
        }
        beside
    }
}

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
        Some(thread.stack.push(Entry::Span(active), mark, beside))
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
    match with_thread(|thread| thread.stack.remove(token)).flatten()? {
        (Entry::Span(active), beside) => Some((active, beside)),
        _ => None,
    }
}

/// [`exit_span`] for the innermost entry, if it has nothing aside.
#[cfg(feature = "engine")]
pub(crate) fn exit_span_alone(token: Token) -> Option<Box<Active>> {
    with_thread(|thread| {
        thread.stack.innermost_span(token)?;
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

/// Makes the frame of a task the innermost one, or hides what is current; `None` at the end of the thread.
pub(crate) fn enter_task(frame: Option<Box<Frame>>) -> Option<Token> {
    if !is_possible() {
        return None;
    }
    let mark = Mark::now(frame.as_deref());
    with_thread(|thread| {
        let beside = Beside::default();
        thread.stack.push(Entry::Task(frame), mark, beside)
    })
}

/// Leaves a task, whose frame comes back with the baggage that was set meanwhile.
pub(crate) fn exit_task(token: Token) -> Option<Box<Frame>> {
    match with_thread(|thread| thread.stack.remove(token)).flatten()? {
        (Entry::Task(frame), _) => frame,
        _ => None,
    }
}

/// Makes a span of others the innermost one.
#[cfg(feature = "engine")]
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
#[cfg(feature = "engine")]
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
