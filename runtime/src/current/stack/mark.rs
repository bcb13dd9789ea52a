//! [`Mark`]: what others had made current around an entry.

use crate::current::frame::Frame;
#[cfg(feature = "otel")]
use crate::otel;

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
    #[inline]
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
    pub(super) const NOTHING: Self = Self::Nothing;
    #[cfg(not(feature = "engine"))]
    pub(super) const NOTHING: Self = Self::Others(OthersMark {
        tracing: None,
        #[cfg(feature = "otel")]
        otel: otel::Mark::NONE,
    });

    /// What is current now, as far as it can be inside this frame unseen.
    #[inline]
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
