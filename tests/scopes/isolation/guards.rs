//! Guards and handles that are on the other side of a scope, or dropped in an order of their own.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState};
use opentelemetry::{SpanId, TraceId};
use tracing::span::EnteredSpan;
use tracing::{Span, info_span};
use tracing_relay::{TraceScope, relay_traced, traced};

use crate::everywhere::everywhere;
use crate::support::{assert_child, assert_root};

#[test]
fn a_span_of_the_application_that_is_entered_inside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    fn operation(user: &Span, library: impl Fn()) {
        let _entered = user.enter();
        info_span!("relay.library").in_scope(&library);
        inner();
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                let user = info_span!("user.handle");
                operation(&user, || {});
                user.in_scope(|| {
                    operation(&user, || {});
                    application.work();
                });
            };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            for name in ["relay.library", "relay.inner"] {
                assert_eq!(seen.relay(name).len(), 2);
                for span in seen.relay(name) {
                    let operations = seen.relay("relay.operation");
                    let above = operations.iter().find(|operation| {
                        operation.span_context.trace_id() == span.span_context.trace_id()
                    });
                    assert_child(span, above.expect("it is in the trace of an operation"));
                }
            }
        },
    );
}

#[test]
fn a_span_of_a_scope_that_is_entered_outside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    fn operation() -> (Span, Span) {
        (info_span!("relay.handle"), Span::current())
    }

    #[traced(name = "user.traced")]
    fn traced() {}

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                let (handle, current) = operation();
                for span in [&handle, &current] {
                    span.in_scope(|| {
                        application.work();
                        traced();
                    });
                }
                info_span!("user.follows").in_scope(|| {
                    let _entered = handle.clone().entered();
                    traced();
                    drop(handle);
                    drop(current);
                });
            };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            assert_eq!(seen.scopes[0].len(), 2);
            assert_child(seen.one("relay.handle"), seen.one("relay.operation"));
        },
    );
}

#[test]
fn guards_that_are_dropped_on_the_other_side() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.takes")]
    fn takes(guard: EnteredSpan) {
        let library = info_span!("relay.library").entered();
        drop(guard);
        info_span!("relay.below").in_scope(|| {});
        drop(library);
    }

    #[relay_traced(scope = RELAY, name = "relay.gives")]
    fn gives() -> EnteredSpan {
        info_span!("relay.given").entered()
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = world.application.clone();
            let part = async {
                // Not held while anything is awaited.
                let guard = info_span!("user.guard").entered();
                let inner = info_span!("user.inner").entered();
                takes(guard);
                drop(inner);
                let given = gives();
                application.work();
                let guard = info_span!("user.guard").entered();
                drop(given);
                application.work();
                drop(guard);
            };
            application.unchanged(part).await;
        },
        |_, seen| {
            assert_child(seen.one("relay.below"), seen.one("relay.library"));
            assert_child(seen.one("relay.given"), seen.one("relay.gives"));
            assert_root(seen.one("relay.takes"));
            assert_root(seen.one("relay.gives"));
        },
    );
}

#[test]
fn contexts_of_opentelemetry_that_are_detached_on_the_other_side() {
    static RELAY: TraceScope = TraceScope::new("relay");

    fn remote() -> Context {
        Context::new().with_remote_span_context(SpanContext::new(
            TraceId::from_bytes([7; 16]),
            SpanId::from_bytes([7; 8]),
            TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        ))
    }

    #[relay_traced(scope = RELAY, name = "relay.takes")]
    fn takes(guard: opentelemetry::ContextGuard) {
        assert!(!Context::current().has_active_span());
        let attached = remote().attach();
        info_span!("relay.library").in_scope(|| {});
        drop(guard);
        drop(attached);
        inner();
    }

    #[relay_traced(scope = RELAY, name = "relay.gives")]
    fn gives() -> opentelemetry::ContextGuard {
        let guard = remote().attach();
        inner();
        guard
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                takes(remote().attach());
                drop(gives());
            };
            application.unchanged(part).await;
        },
        |_, seen| {
            assert_child(seen.one("relay.library"), seen.one("relay.takes"));
            assert_eq!(seen.relay("relay.inner").len(), 2);
        },
    );
}
