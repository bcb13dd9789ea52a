//! The way out of a scope: for callbacks of the user.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

#[cfg(feature = "engine")]
use super::application::EnteredOutside;
use crate::surrounded::{Enter, Surrounded};

/// Without the engine nobody can install a scope, and there is none to leave.
#[cfg(not(feature = "engine"))]
struct EnteredOutside;

#[cfg(not(feature = "engine"))]
impl EnteredOutside {
    const fn enter() -> Option<Self> {
        None
    }
}

/// The application, which is current outside.
struct Application;

impl Enter for Application {
    type Entered<'a> = Option<EnteredOutside>;

    fn enter(&mut self) -> Option<EnteredOutside> {
        EnteredOutside::enter()
    }
}

/// Runs a future of the user inside of an operation as if no scope was there, during each poll and while it is dropped: its
/// spans are the application's, below the span that the application has around the operation. Outside of
/// scopes it changes nothing.
///
/// ```
/// use tracing_relay::{TraceScope, relay_traced, scope};
///
/// static RELAY: TraceScope = TraceScope::new("relay");
///
/// #[relay_traced(scope = RELAY)]
/// async fn connect<F: Future<Output = ()>>(on_connected: F) {
///     scope::outside(on_connected).await;
/// }
/// # let _ = connect(async {});
/// ```
///
/// In a task that [`task::spawn`](crate::task::spawn) has started inside, it is what the application had around the
/// spawning operation.
pub fn outside<F: Future>(future: F) -> Outside<F> {
    Outside {
        inner: Surrounded::new(Application, future),
    }
}

/// [`outside`] for what is not asynchronous.
///
/// ```
/// use tracing_relay::scope;
///
/// assert_eq!(scope::run_outside(|| 6 * 7), 42);
/// ```
pub fn run_outside<R>(f: impl FnOnce() -> R) -> R {
    let _entered = EnteredOutside::enter();
    f()
}

pin_project! {
    /// A future outside of the scope that polls it. Made by [`outside`].
    pub struct Outside<F> {
        #[pin]
        inner: Surrounded<Application, F>,
    }
}

impl<F: Future> Future for Outside<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().inner.poll(cx)
    }
}

impl<F> fmt::Debug for Outside<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").finish_non_exhaustive()
    }
}
