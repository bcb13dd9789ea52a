//! The exporter of a scope.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tracing_relay::engine::Engine;
use tracing_relay::{TraceScope, relay_traced};

static SENDING: TraceScope = TraceScope::new("sending");

#[relay_traced(scope = SENDING)]
fn send() {
    tracing::info_span!("connection").in_scope(|| {});
}

/// Sends with the component's own means.
#[derive(Debug)]
struct Sender(Arc<AtomicU64>);

impl SpanExporter for Sender {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        send();
        let count = u64::try_from(batch.len()).expect("it is small");
        self.0.fetch_add(count, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn an_exporter_that_calls_an_operation_of_its_scope_does_not_trace_itself() {
    let exported = Arc::new(AtomicU64::new(0));
    let engine = Engine::builder().with_exporter(Sender(Arc::clone(&exported)));
    let installation = SENDING.install(engine).expect("a thread can be started");
    send();
    for _ in 0..3 {
        assert!(installation.flush(Duration::from_secs(10)));
    }
    assert_eq!(exported.load(Ordering::Relaxed), 2);
}
