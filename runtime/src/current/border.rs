//! [`Border`]: where a scope begins on a thread, with what the application had made current there.

use opentelemetry::Context;
use tracing::Dispatch;

use super::frame::Realm;
use super::stack::{Entry, Stack, Token};
use super::thread::with_thread;

/// Where a scope begins: between the entries before and behind this token.
pub(super) struct Border {
    token: Token,
    application: Application,
}

/// What the application had made current where a scope was entered.
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) dispatch: Dispatch,
    pub(crate) otel: Context,
    /// What is below this is the application's. None where it is all that is below the border.
    below: Option<Token>,
}

impl Application {
    /// What is current now, where no scope is.
    pub(crate) fn now(dispatch: Dispatch) -> Self {
        Self::new(dispatch, crate::otel::current())
    }

    const fn new(dispatch: Dispatch, otel: Context) -> Self {
        Self {
            dispatch,
            otel,
            below: None,
        }
    }
}

/// What is current where a scope is to be entered.
pub(crate) enum Around {
    /// The application's subscriber.
    Application(Dispatch),
    /// Another scope, which knows the application by this subscriber where nothing else tells.
    Scope(Dispatch),
}

impl Stack {
    #[inline]
    fn push_border(&mut self, around: Around, otel: Context) -> Token {
        let application = match around {
            Around::Application(dispatch) => Application::new(dispatch, otel),
            Around::Scope(known) => self
                .application()
                .unwrap_or_else(|| Application::new(known, otel)),
        };
        let token = self.take_token();
        self.borders.push(Border { token, application });
        self.border = token;
        token
    }

    /// Borders are nearly always left in the other order.
    #[inline]
    fn remove_border(&mut self, token: Token) -> Option<Application> {
        let border = if self.border == token {
            self.borders.pop()?
        } else {
            let place = self
                .borders
                .iter()
                .rposition(|border| border.token == token)?;
            self.borders.remove(place)
        };
        self.border = self.border_below(Token::NONE);
        Some(border.application)
    }

    fn application(&self) -> Option<Application> {
        let border = self.border()?;
        let mut application = border.application.clone();
        application.below.get_or_insert(border.token);
        Some(application)
    }

    /// The innermost border below a token, or what is before all entries.
    #[inline]
    pub(super) fn border_below(&self, token: Token) -> Token {
        let mut tokens = self.borders.iter().rev().map(|border| border.token);
        tokens.find(|border| *border < token).unwrap_or_default()
    }

    /// The border around what is innermost here, which can be outside of a scope inside.
    fn border(&self) -> Option<&Border> {
        let mut hidden = Token::NONE;
        loop {
            let below = |border: &&Border| border.token < hidden;
            let border = self.borders.iter().rfind(below)?;
            match self.left(border.token, hidden) {
                Some(below) => hidden = below,
                None => return Some(border),
            }
        }
    }
}

/// What the application has made current around the scope that is innermost here.
pub(crate) fn application() -> Option<Application> {
    with_thread(|thread| thread.stack.application()).flatten()
}

/// The subscriber of the application around the scope that is innermost here.
pub(crate) fn application_dispatch() -> Option<Dispatch> {
    with_thread(|thread| {
        let border = thread.stack.border()?;
        Some(border.application.dispatch.clone())
    })
    .flatten()
}

/// Lets a scope begin on this thread, where this is OpenTelemetry's context; `None` where that cannot be.
#[inline]
pub(crate) fn enter_scope(around: Around, otel: Context) -> Option<Token> {
    with_thread(|thread| thread.stack.push_border(around, otel))
}

/// Lets a scope end on this thread. What the application has comes back, to be dropped where nothing is borrowed: it may
/// be the last that refers to a subscriber.
#[inline]
pub(crate) fn exit_scope(token: Token) -> Option<Application> {
    with_thread(|thread| thread.stack.remove_border(token)).flatten()
}

/// Leaves the scopes of this thread for a while.
pub(crate) fn enter_outside(application: &Application) -> Option<Token> {
    let below = application.below?;
    with_thread(|thread| thread.stack.push_alone(Entry::Outside(below)))
}

/// Goes back into them.
pub(crate) fn exit_outside(token: Token) {
    // There is nothing of the program's in it.
    with_thread(|thread| thread.stack.remove(token));
}

/// The span that is innermost in a realm: what `tracing` would call the current one. A call that passes a context on
/// has none.
pub(crate) fn innermost_span<R>(realm: Realm, f: impl FnOnce(Token, &mut Entry) -> R) -> Option<R> {
    let mut f = Some(f);
    with_thread(|thread| {
        thread.stack.find(realm, |token, entry| match entry {
            Entry::Span(active) if !active.owned => None,
            Entry::Span(_) | Entry::Foreign(_) => f.take().map(|f| f(token, entry)),
            _ => None,
        })
    })
    .flatten()
}
