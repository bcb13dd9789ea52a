//! [`MetricsLayer`]: by which metrics are found in a subscriber.

use std::fmt;
use std::sync::Arc;

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{Filtered, LevelFilter};
use tracing_subscriber::registry::LookupSpan;

use super::pipeline::Pipeline;

/// Makes the metrics of a subscriber known to those who have it. It wants no span and no event: see
/// [`otel::metrics_layer`](crate::otel::metrics_layer).
pub(crate) struct MetricsLayer(Option<Arc<Pipeline>>);

impl MetricsLayer {
    /// Without metrics it is as good as none.
    pub(crate) const fn new(pipeline: Option<Arc<Pipeline>>) -> Self {
        Self(pipeline)
    }

    /// The same, behind a filter that says for itself that it wants nothing. Without it, it would be a layer that wants
    /// everything, and turn on what nobody else does.
    pub(crate) fn filtered<S>(self) -> Filtered<Self, LevelFilter, S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.with_filter(LevelFilter::OFF)
    }

    pub(super) const fn pipeline(&self) -> Option<&Arc<Pipeline>> {
        self.0.as_ref()
    }
}

impl<S: Subscriber> Layer<S> for MetricsLayer {}

impl fmt::Debug for MetricsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsLayer").finish_non_exhaustive()
    }
}
