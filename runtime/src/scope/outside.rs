//! The way out of a scope: for callbacks of the user.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

#[cfg(feature = "engine")]
use super::application::EnteredOutside;

/// Without the engine nobody can install a scope, and there is none to leave.
#[cfg(not(feature = "engine"))]
struct EnteredOutside;

#[cfg(not(feature = "engine"))]
impl EnteredOutside {
    const fn enter() -> Option<Self> {
        None
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
        future: Some(future),
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
        future: Option<F>,
    }

    impl<F> PinnedDrop for Outside<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _entered = EnteredOutside::enter();
                this.future.set(None);
            }
        }
    }
}

impl<F: Future> Future for Outside<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = EnteredOutside::enter();
        let future = this.future.as_mut().as_pin_mut();
        let polled = future
            .expect("a future outside of a scope was polled after it was ready")
            .poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}

impl<F> fmt::Debug for Outside<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").finish_non_exhaustive()
    }
}
