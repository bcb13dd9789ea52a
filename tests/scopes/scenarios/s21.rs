//! S21: the component is there, and the program has installed nothing.

use tracing::{Instrument as _, info_span};
use tracing_relay::testing::{Pipeline, PipelineEngine};
use tracing_relay::{TraceCarrier, TraceScope, assert_trace, relay_traced, scope, task};

static RELAY: TraceScope = TraceScope::new("relay");

#[relay_traced(scope = RELAY, name = "relay.operation")]
async fn operation() -> TraceCarrier {
    info_span!("library").in_scope(|| {});
    let spawned = task::spawn(async {
        info_span!("spawned").in_scope(|| {});
    });
    spawned.await.expect("it does not panic");
    let callback = async { info_span!("callback").in_scope(|| {}) };
    scope::outside(callback).await;
    RELAY.run(TraceCarrier::capture)
}

#[test]
fn s21_an_operation_of_a_scope_that_is_not_installed_is_a_span_of_the_application() {
    for engine in [PipelineEngine::TracingOpentelemetry, PipelineEngine::Own] {
        Pipeline::new().engine(engine).run(async |traces| {
            assert!(!RELAY.is_installed());
            let captured = operation().instrument(info_span!("user.operation")).await;
            assert_trace!(
                traces,
                r"
                internal user.operation
                  internal relay.operation
                    internal library
                    internal spawned
                    internal callback
                "
            );
            let operation = traces.span("relay.operation");
            let captured = captured.context().expect("there is a trace");
            assert_eq!(captured.span_id(), operation.span_id());
            assert_eq!(operation.tracer(), traces.span("library").tracer());
        });
    }
}
