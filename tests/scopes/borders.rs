//! Scopes in scopes: what is visible on a thread where several are entered.

use std::future::pending;
use std::pin::pin;
use std::task::{Context, Waker};

use tracing_relay::engine::Engine;
use tracing_relay::scope::{self, Installation};
use tracing_relay::{TraceScope, current_trace_id, relay_traced, traced};

use opentelemetry_sdk::trace::InMemorySpanExporter;

fn install(scope: &'static TraceScope) -> Installation {
    scope
        .install(Engine::builder().with_exporter(InMemorySpanExporter::default()))
        .expect("a thread can be started")
}

#[traced]
fn in_a_span(f: impl FnOnce()) {
    f();
}

#[test]
fn an_operation_is_not_seen_from_its_own_scope_in_another() {
    static INNER: TraceScope = TraceScope::new("inner");
    static OUTER: TraceScope = TraceScope::new("outer");

    #[relay_traced(scope = OUTER)]
    fn operation() {
        let around = current_trace_id();
        assert!(around.is_some());
        INNER.run(|| {
            assert_eq!(current_trace_id(), None);
            OUTER.run(|| {
                assert_eq!(current_trace_id(), None);
                in_a_span(|| assert_ne!(current_trace_id(), around));
            });
            assert_eq!(current_trace_id(), None);
        });
        assert_eq!(current_trace_id(), around);
    }

    let _installed = (install(&OUTER), install(&INNER));
    operation();
    assert_eq!(current_trace_id(), None);
}

#[test]
fn an_operation_is_not_seen_from_its_own_scope_where_it_was_left() {
    static INNER: TraceScope = TraceScope::new("inner");
    static OUTER: TraceScope = TraceScope::new("outer");

    #[relay_traced(scope = OUTER)]
    fn operation() {
        let around = current_trace_id();
        assert!(around.is_some());
        scope::run_outside(|| {
            assert_eq!(current_trace_id(), None);
            INNER.run(|| scope::run_outside(|| assert_eq!(current_trace_id(), None)));
            OUTER.run(|| {
                assert_eq!(current_trace_id(), None);
                in_a_span(|| assert_ne!(current_trace_id(), around));
            });
        });
        assert_eq!(current_trace_id(), around);
    }

    let _installed = (install(&OUTER), install(&INNER));
    operation();
    assert_eq!(current_trace_id(), None);
}

#[test]
fn polls_that_alternate_see_each_its_own_scope() {
    static INNER: TraceScope = TraceScope::new("inner");
    static OUTER: TraceScope = TraceScope::new("outer");

    let _installed = (install(&OUTER), install(&INNER));
    let realm = |scope: &'static TraceScope| {
        scope.run_async(async move {
            in_a_span(|| assert!(current_trace_id().is_some()));
            assert_eq!(current_trace_id(), None);
            pending::<()>().await;
        })
    };
    let mut one = pin!(realm(&OUTER));
    let mut other = pin!(realm(&INNER));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3 {
        assert!(one.as_mut().poll(&mut context).is_pending());
        assert_eq!(current_trace_id(), None);
        OUTER.run(|| {
            assert!(other.as_mut().poll(&mut context).is_pending());
            assert_eq!(current_trace_id(), None);
        });
    }
}
