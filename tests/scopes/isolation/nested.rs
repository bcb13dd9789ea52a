//! Scopes in scopes, and the way out of them.

use futures_util::future;
use tracing::info_span;
use tracing_relay::scope::{outside, run_outside};
use tracing_relay::{TraceScope, relay_traced};

use crate::applications::in_turns;
use crate::everywhere::everywhere;
use crate::support::{assert_child, assert_root, block_on, yield_now};

#[test]
fn an_operation_in_one_of_the_same_scope_is_its_child() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.outer")]
    async fn outer() {
        yield_now().await;
        info_span!("relay.library").in_scope(middle);
        inner().await;
    }

    #[relay_traced(scope = RELAY, name = "relay.middle")]
    fn middle() {}

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    async fn inner() {
        yield_now().await;
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            application.around(application.unchanged(outer())).await;
        },
        |_, seen| {
            assert_root(seen.one("relay.outer"));
            assert_child(seen.one("relay.library"), seen.one("relay.outer"));
            assert_child(seen.one("relay.middle"), seen.one("relay.library"));
            assert_child(seen.one("relay.inner"), seen.one("relay.outer"));
        },
    );
}

#[test]
fn an_operation_in_one_of_another_scope_starts_a_trace() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "relay.outer")]
    async fn outer(library: impl Fn()) {
        other(&library).await;
        info_span!("relay.after").in_scope(&library);
    }

    #[relay_traced(scope = OTHER, name = "other.operation")]
    async fn other(library: &impl Fn()) {
        yield_now().await;
        info_span!("other.library").in_scope(library);
        inner();
        yield_now().await;
        info_span!("other.after").in_scope(library);
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    everywhere(
        &[&RELAY, &OTHER],
        |world| async move {
            let application = &world.application;
            let outer = outer(|| application.api());
            application.around(application.unchanged(outer)).await;
        },
        |_, seen| {
            for name in ["relay.outer", "other.operation", "relay.inner"] {
                assert_root(seen.one(name));
            }
            assert_child(seen.one("relay.after"), seen.one("relay.outer"));
            assert_child(seen.one("other.after"), seen.one("other.operation"));
        },
    );
}

#[test]
fn a_callback_of_the_user_is_in_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "relay.outer")]
    async fn outer(callback: impl Fn() + Copy) {
        run_outside(callback);
        let callbacks = async {
            callback();
            yield_now().await;
            run_outside(callback);
            outside(async { callback() }).await;
            other(callback).await;
        };
        outside(callbacks).await;
        other(callback).await;
        info_span!("relay.after").in_scope(|| {});
    }

    #[relay_traced(scope = OTHER, name = "other.operation")]
    async fn other(callback: impl Fn() + Copy) {
        run_outside(callback);
        let callbacks = async {
            inner();
            yield_now().await;
            callback();
        };
        outside(callbacks).await;
        info_span!("other.after").in_scope(|| {});
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    everywhere(
        &[&RELAY, &OTHER],
        |world| async move {
            let application = &world.application;
            let outer = outer(|| {
                application.work();
                block_on(application.unchanged(future::ready(())));
            });
            let all = async {
                // All callbacks have the parent that the application has around the operation.
                application.unchanged(outer).await;
            };
            application.around(all).await;
        },
        |world, seen| {
            assert_eq!(seen.relay("relay.inner").len(), 2);
            for inner in seen.relay("relay.inner") {
                assert_root(inner);
            }
            let probes = seen.application.iter();
            let probes: Vec<_> = probes
                .filter(|span| span.name == "user.probe")
                .map(|span| span.parent_span_id)
                .collect();
            assert_eq!(probes.is_empty(), !world.application.exports());
            assert!(probes.iter().all(|parent| *parent == probes[0]));
        },
    );
}

#[test]
fn the_way_out_leads_nowhere_where_no_scope_is() {
    static RELAY: TraceScope = TraceScope::new("relay");

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let callbacks = async {
                application.unchanged(async { application.work() }).await;
                yield_now().await;
                run_outside(|| application.work());
            };
            application
                .around(application.unchanged(outside(callbacks)))
                .await;
        },
        |_, seen| assert!(seen.scopes[0].is_empty()),
    );
}

#[test]
fn a_program_that_blocks_inside() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "relay.outer")]
    fn outer(callback: impl Fn() + Copy) {
        let inside = async {
            yield_now().await;
            info_span!("relay.library").in_scope(|| {});
            let others = async {
                yield_now().await;
                outside(async {
                    yield_now().await;
                    callback();
                })
                .await;
                block_on(other());
            };
            in_turns(inner(), others).await;
        };
        block_on(inside);
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    async fn inner() {
        yield_now().await;
        yield_now().await;
    }

    #[relay_traced(scope = OTHER, name = "other.operation")]
    async fn other() {
        yield_now().await;
    }

    everywhere(
        &[&RELAY, &OTHER],
        |world| async move {
            let application = &world.application;
            let part = async { outer(|| application.work()) };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            assert_child(seen.one("relay.inner"), seen.one("relay.outer"));
            assert_child(seen.one("relay.library"), seen.one("relay.outer"));
            assert_root(seen.one("other.operation"));
        },
    );
}
