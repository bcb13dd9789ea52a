//! [`Surrounded`]: a future with something current during each poll, and while it is dropped.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

/// What is made current around a future.
pub(crate) trait Enter {
    /// Keeps it current until it is dropped.
    type Entered<'a>
    where
        Self: 'a;

    fn enter(&mut self) -> Self::Entered<'_>;
}

pin_project! {
    /// A future that is dropped inside, and as soon as it is ready.
    pub(crate) struct Surrounded<E: Enter, F> {
        pub(crate) around: E,
        #[pin]
        future: Option<F>,
    }

    impl<E: Enter, F> PinnedDrop for Surrounded<E, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                let _entered = this.around.enter();
                this.future.set(None);
            }
        }
    }
}

impl<E: Enter, F> Surrounded<E, F> {
    pub(crate) const fn new(around: E, future: F) -> Self {
        Self {
            around,
            future: Some(future),
        }
    }
}

impl<E: Enter, F: Future> Future for Surrounded<E, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = this.around.enter();
        let future = this.future.as_mut().as_pin_mut();
        let polled = future
            .expect("a task was polled after it was ready")
            .poll(cx);
        if polled.is_ready() {
            this.future.set(None);
        }
        polled
    }
}
