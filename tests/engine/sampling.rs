//! Head sampling: what is not sampled reads no value, and the trace goes on all the same.

use std::sync::atomic::{AtomicUsize, Ordering};

use tracing_relay::testing::{Pipeline, PipelineEngine, Sampling};
use tracing_relay::{FieldValue, TraceCarrier, request_span, traced};

/// Counts how often its value is read.
struct Counted<'a>(&'a AtomicUsize);

impl FieldValue for Counted<'_> {
    fn field_value(&self) -> tracing_relay::AttributeValue<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        tracing_relay::AttributeValue::I64(1)
    }
}

fn pipeline(sampling: Sampling) -> Pipeline {
    Pipeline::new()
        .engine(PipelineEngine::Own)
        .sampling(sampling)
}

#[test]
fn no_value_is_read_for_a_span_that_is_not_sampled() {
    #[traced(fields(counted = counted))]
    fn step(counted: &Counted<'_>) -> Option<bool> {
        let _ = counted;
        let captured = TraceCarrier::capture();
        captured
            .context()
            .map(|context| context.flags().is_sampled())
    }

    #[request_span(carrier = none, fields(counted = Counted(counted)))]
    fn handle(counted: &AtomicUsize) {
        let _ = counted;
    }

    for (sampling, read) in [(Sampling::Always, 1), (Sampling::Never, 0)] {
        let (of_step, of_handle) = (AtomicUsize::new(0), AtomicUsize::new(0));
        pipeline(sampling).run_sync(|_| {
            let sampled = step(&Counted(&of_step));
            assert_eq!(sampled, Some(sampling == Sampling::Always));
            handle(&of_handle);
        });
        assert_eq!(of_step.into_inner(), read, "{sampling:?}");
        assert_eq!(of_handle.into_inner(), read, "{sampling:?}");
    }
}
