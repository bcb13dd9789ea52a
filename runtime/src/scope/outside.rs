//! The way out of a scope: for callbacks of the user.

use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// A future outside of the scope that polls it. Made by [`outside`].
    #[derive(Debug)]
    pub struct Outside<F> {
        #[pin]
        future: F,
    }
}

/// Runs a future of the user, a callback for one, as if no scope was there.
pub fn outside<F: Future>(future: F) -> Outside<F> {
    Outside { future }
}

/// [`outside`] for what is not asynchronous.
pub fn run_outside<R>(f: impl FnOnce() -> R) -> R {
    f()
}

impl<F: Future> Future for Outside<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}
