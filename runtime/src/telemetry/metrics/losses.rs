//! What became of spans, as metrics: by the conventions that OpenTelemetry has for its SDKs.

use std::sync::{Arc, Weak};

use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;

use crate::engine::{Engine, Shared, Statistics};
use crate::semconv::ERROR_TYPE;

const UNIT: &str = "{span}";

/// Shows the statistics of an engine, as long as there is one.
pub(super) fn observe(meter: &Meter, engine: &Engine) {
    let shared = Arc::downgrade(engine.shared());
    let of_processor = shared.clone();
    let processed = meter
        .u64_observable_counter("otel.sdk.processor.span.processed")
        .with_unit(UNIT)
        .with_description("Spans that were given to the exporters, or dropped before.")
        .with_callback(move |observer| {
            let statistics = statistics(&of_processor);
            let processor = || {
                [
                    KeyValue::new("otel.component.type", "batching_span_processor"),
                    KeyValue::new("otel.component.name", "batching_span_processor/0"),
                ]
            };
            let given = statistics.exported + statistics.failed;
            if given > 0 {
                observer.observe(given, &processor());
            }
            if statistics.dropped > 0 {
                let [a, b] = processor();
                observer.observe(
                    statistics.dropped,
                    &[a, b, KeyValue::new(ERROR_TYPE, "queue_full")],
                );
            }
        });
    let exported = meter
        .u64_observable_counter("otel.sdk.exporter.span.exported")
        .with_unit(UNIT)
        .with_description("Spans that the exporters have taken, or refused.")
        .with_callback(move |observer| {
            let statistics = statistics(&shared);
            if statistics.exported > 0 {
                observer.observe(statistics.exported, &[]);
            }
            if statistics.failed > 0 {
                let rejected = KeyValue::new(ERROR_TYPE, "rejected");
                observer.observe(statistics.failed, &[rejected]);
            }
        });
    // They live with their meter.
    let _ = (processed.build(), exported.build());
}

fn statistics(shared: &Weak<Shared>) -> Statistics {
    let shared = shared.upgrade();
    shared.map_or_else(Statistics::default, |shared| shared.statistics())
}
