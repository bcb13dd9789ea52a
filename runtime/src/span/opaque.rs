//! [`Opaque`]: a box that the compiler does not look into.

use std::panic::{RefUnwindSafe, UnwindSafe};

/// A box of a future, behind a trait object.
///
/// For each annotated function the compiler asks whether its future may be sent, shared and unwound through. Where it
/// finds references it does not remember the answer, but looks at every field again, and at theirs: for the state of a
/// call, 0.08 of all that `#[tracing::instrument]` adds to `cargo check`. A trait object says it itself, for one
/// indirect call each time that the box is taken out.
pub(super) struct Opaque<T>(
    Box<dyn Reveal<T> + Send + Sync + UnwindSafe + RefUnwindSafe + 'static>,
);

impl<T: Send + Sync + UnwindSafe + RefUnwindSafe + 'static> Opaque<T> {
    #[inline]
    pub(super) fn new(inner: Box<T>) -> Self {
        Self(inner)
    }

    #[inline]
    #[expect(clippy::unnecessary_box_returns, reason = "the box is used again")]
    pub(super) fn into_inner(self) -> Box<T> {
        self.0.reveal()
    }
}

trait Reveal<T> {
    #[expect(clippy::unnecessary_box_returns, reason = "the box is used again")]
    fn reveal(self: Box<Self>) -> Box<T>;
}

impl<T> Reveal<T> for T {
    fn reveal(self: Box<Self>) -> Box<T> {
        self
    }
}
