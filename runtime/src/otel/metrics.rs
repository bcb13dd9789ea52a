//! [`metrics_layer`]: a meter of one's own for the metrics of a subscriber.

use opentelemetry::metrics::Meter;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::metrics::{MetricsLayer, Pipeline};

/// A layer that makes a meter the place where the [metrics](crate::metrics) of its subscriber go. It wants no span and no
/// event, and has to stand where it is found: not behind `reload`.
///
/// What the module `telemetry` sets up has one already.
///
/// ```
/// use opentelemetry::metrics::MeterProvider as _;
/// use opentelemetry_sdk::metrics::SdkMeterProvider;
/// use tracing_relay::metrics::Counter;
/// use tracing_subscriber::layer::SubscriberExt as _;
///
/// static TURNS: Counter<u64> = Counter::new("app.turns");
///
/// let provider = SdkMeterProvider::builder().build();
/// let layer = tracing_relay::otel::metrics_layer(provider.meter("app"));
/// let subscriber = tracing_subscriber::registry().with(layer);
/// tracing::subscriber::with_default(subscriber, || TURNS.add(1, []));
/// ```
#[must_use]
pub fn metrics_layer<S>(meter: Meter) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    MetricsLayer::new(Some(Pipeline::new(meter))).filtered()
}
