//! [`Border`]: where a scope begins on a thread, with what the application had made current there.

use opentelemetry::Context;
use tracing::Dispatch;

use super::frame::Realm;
use super::stack::{Entry, SPARE, Token, with_thread};

/// Where a scope begins.
pub(crate) struct Border {
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
        Self {
            dispatch,
            otel: crate::otel::current(),
            below: None,
        }
    }

    fn nothing() -> Self {
        Self {
            dispatch: Dispatch::none(),
            otel: Context::new(),
            below: None,
        }
    }
}

/// What the application has made current around the scope that is innermost here.
pub(crate) fn application() -> Option<Application> {
    with_thread(|thread| {
        let (token, border) = thread.stack.border()?;
        let mut application = border.application.clone();
        application.below.get_or_insert(token);
        Some(application)
    })
    .flatten()
}

/// The subscriber of the application around the scope that is innermost here.
pub(crate) fn application_dispatch() -> Option<Dispatch> {
    with_thread(|thread| {
        let (_, border) = thread.stack.border()?;
        Some(border.application.dispatch.clone())
    })
    .flatten()
}

/// Lets a scope begin on this thread; at its end, what the application has comes back.
pub(crate) fn enter_scope(application: Application) -> Result<Token, Application> {
    let mut application = Some(application);
    let token = with_thread(|thread| {
        let stack = &mut thread.stack;
        let application = application.take()?;
        let border = match stack.spare_borders.pop() {
            Some(mut spare) => {
                spare.application = application;
                spare
            }
            None => Box::new(Border { application }),
        };
        Some(stack.push_alone(Entry::Border(border)))
    });
    match (token.flatten(), application) {
        (Some(token), _) => Ok(token),
        (None, application) => Err(application.unwrap_or_else(Application::nothing)),
    }
}

/// Lets a scope end on this thread. What the application has comes back, to be dropped where nothing is borrowed: it may
/// be the last that refers to a subscriber.
pub(crate) fn exit_scope(token: Token) -> Option<Application> {
    with_thread(|thread| {
        let stack = &mut thread.stack;
        let (Entry::Border(mut border), _) = stack.remove(token)? else {
            return None;
        };
        let application = std::mem::replace(&mut border.application, Application::nothing());
        if stack.spare_borders.len() < SPARE {
            stack.spare_borders.push(border);
        }
        Some(application)
    })
    .flatten()
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

/// The span that is innermost in a realm: what `tracing` would call the current one.
pub(crate) fn innermost_span<R>(realm: Realm, f: impl FnOnce(Token, &mut Entry) -> R) -> Option<R> {
    let mut f = Some(f);
    with_thread(|thread| {
        thread.stack.find(realm, |token, entry| match entry {
            Entry::Span(_) | Entry::Foreign(_) => f.take().map(|f| f(token, entry)),
            _ => None,
        })
    })
    .flatten()
}
