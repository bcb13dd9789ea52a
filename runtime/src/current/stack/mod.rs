//! [`Stack`]: what is entered on a thread, the innermost last.

mod calls;
mod entry;
#[cfg(feature = "engine")]
mod foreign;
mod mark;
mod view;

#[cfg(feature = "otel")]
pub(crate) use calls::find;
#[cfg(feature = "engine")]
pub(crate) use calls::{Settled, enter_span_alone, exit_span_alone, settled, share, with_span};
pub(crate) use calls::{
    enter_span, enter_task, exit_span, exit_task, is_entered, set_baggage, span_beside,
};
pub(crate) use entry::{Entry, Token};
#[cfg(feature = "engine")]
pub(crate) use foreign::{Foreign, enter_foreign, exit_foreign};
pub(crate) use mark::{Mark, OthersMark};

#[cfg(feature = "engine")]
use super::border::Border;
use super::frame::{Frame, Realm};
use super::sessions::Sitting;
#[cfg(feature = "engine")]
use crate::context::TraceContext;
#[cfg(feature = "engine")]
use crate::span::Active;
use crate::span::Beside;
use view::View;

/// What is entered.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "the boxes are what is kept")]
pub(crate) struct Stack {
    entries: Vec<Entered>,
    next: u64,
    /// Memory for the next entries.
    spare: Vec<Box<Aside>>,
    /// The sessions, beside the entries.
    pub(super) sessions: Vec<Sitting>,
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
    #[inline]
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
