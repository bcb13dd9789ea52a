//! Counters, histograms and gauges as statics, and the durations of annotated functions.
//!
//! An instrument is declared where it is used. Its values go to the metrics of the current subscriber, as spans go to its
//! exporter: what the module `telemetry` sets up, or the [layer](crate::otel::metrics_layer) of a meter of
//! one's own. In a test they go to that test alone, which reads them with `Traces::metrics`.
//!
//! ```
//! use tracing_relay::metrics::{Counter, Histogram, UpDownCounter};
//!
//! static TURNS: Counter<u64> = Counter::new("app.turns")
//!     .with_unit("{turn}")
//!     .with_description("Turns that were started.");
//! static OPEN: UpDownCounter<i64> = UpDownCounter::new("app.connections.open").with_unit("{connection}");
//! static WAITED: Histogram<f64> = Histogram::new("app.queue.wait")
//!     .with_unit("s")
//!     .with_boundaries(&[0.01, 0.1, 1.0]);
//!
//! async fn serve() {
//!     // Taken back on every way out: a return, a `?`, a panic, a future that is dropped.
//!     let _open = OPEN.track(1, [("app.transport", "websocket".into())]);
//!     TURNS.add(1, [("app.turn.kind", "review".into())]);
//!     WAITED.record(0.03, []);
//! }
//! # drop(serve());
//! ```
//!
//! Inside a [`TraceScope`](crate::TraceScope) metrics are the application's, as log events are.
//!
//! # Durations
//!
//! An annotated function with `conventions` records how long it took, with the attributes that these list: the documentation
//! of the attributes has the table.
//!
//! # Cost
//!
//! Where nobody has metrics, an instrument is one relaxed load. Else the layer is looked for in the current subscriber, and the
//! SDK finds the point of the attributes under a lock. A text that is not `'static` is an allocation.
//! How many sets of attributes there may be is the SDK's limit: 2,000 an instrument, and what is beyond is counted
//! under `otel.metric.overflow`.

mod duration;
mod instruments;
mod layer;
mod measure;
mod pipeline;
mod value;

pub use instruments::{
    Counter, CounterNumber, Gauge, GaugeNumber, Histogram, HistogramNumber, Tracked, UpDownCounter,
    UpDownCounterNumber,
};
pub use value::Value;

pub(crate) use layer::MetricsLayer;
pub(crate) use measure::Measure;
pub(crate) use pipeline::{Pipeline, is_there};
