//! Operations of each shape, in a span of the application.

use std::pin::pin;

use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use tracing::{Instrument as _, info_span};
use tracing_relay::{TraceScope, relay_traced, traced};

use crate::applications::in_turns;
use crate::everywhere::everywhere;
use crate::support::{assert_child, assert_root, yield_now};

#[test]
fn an_operation_that_returns_at_once() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    fn operation(library: impl FnOnce()) {
        tracing::info!("inside");
        info_span!("relay.library").in_scope(step);
        library();
    }

    #[traced(name = "relay.step")]
    fn step() {}

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let in_a_span = async {
                application.work();
                application
                    .unchanged(async { operation(|| application.api()) })
                    .await;
                application.work();
            };
            application.around(in_a_span).await;
            application
                .unchanged(async { operation(|| application.api()) })
                .await;
        },
        |world, seen| {
            assert_eq!(seen.relay("relay.operation").len(), 2);
            for operation in seen.relay("relay.operation") {
                assert_root(operation);
            }
            for step in seen.relay("relay.step") {
                let library = seen.relay("relay.library");
                let trace = step.span_context.trace_id();
                let above = library
                    .into_iter()
                    .find(|span| span.span_context.trace_id() == trace);
                assert_child(step, above.expect("the library's span is recorded"));
            }
            assert_eq!(seen.application.is_empty(), !world.application.exports());
        },
    );
}

#[test]
fn an_operation_that_awaits_between_work_of_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation(library: impl Fn()) {
        for _ in 0..3 {
            info_span!("relay.library").in_scope(&library);
            yield_now().instrument(info_span!("relay.waiting")).await;
            step().await;
        }
    }

    #[traced(name = "relay.step")]
    async fn step() {
        yield_now().await;
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let others = async {
                for _ in 0..6 {
                    application.work();
                    application.unchanged(async { application.work() }).await;
                    yield_now().await;
                }
            };
            let both = in_turns(operation(|| application.api()), others);
            application.around(application.unchanged(both)).await;
        },
        |_, seen| {
            let operation = seen.one("relay.operation");
            assert_root(operation);
            for name in ["relay.step", "relay.waiting", "relay.library"] {
                assert_eq!(seen.relay(name).len(), 3);
                for span in seen.relay(name) {
                    assert_child(span, operation);
                }
            }
        },
    );
}

#[test]
fn two_operations_at_the_same_time() {
    static RELAY: TraceScope = TraceScope::new("relay");
    static OTHER: TraceScope = TraceScope::new("other");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn relay() {
        for _ in 0..3 {
            info_span!("relay.library").in_scope(|| {});
            yield_now().await;
        }
    }

    #[relay_traced(scope = OTHER, name = "other.operation")]
    async fn other() {
        for _ in 0..3 {
            info_span!("other.library").in_scope(|| {});
            yield_now().await;
        }
    }

    everywhere(
        &[&RELAY, &OTHER],
        |world| async move {
            let application = &world.application;
            let all = in_turns(in_turns(relay(), other()), in_turns(other(), relay()));
            application.around(application.unchanged(all)).await;
        },
        |_, seen| {
            for (spans, name) in seen
                .scopes
                .iter()
                .zip(["relay.operation", "other.operation"])
            {
                assert_eq!(spans.len(), 8);
                let (operations, inside): (Vec<_>, Vec<_>) =
                    spans.iter().partition(|span| span.name == name);
                assert_eq!(operations.len(), 2);
                for operation in operations {
                    assert_root(operation);
                    let below = inside
                        .iter()
                        .filter(|span| span.parent_span_id == operation.span_context.span_id());
                    assert_eq!(below.count(), 3);
                }
            }
        },
    );
}

#[test]
fn a_future_that_is_returned() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    fn operation() -> impl Future<Output = ()> + Send {
        async {
            info_span!("relay.first").in_scope(|| {});
            yield_now().await;
            info_span!("relay.second").in_scope(|| {});
        }
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let made_inside = application.around(async { (operation(),) }).await.0;
            application.unchanged(made_inside).await;
            let made_outside = operation();
            application
                .around(application.unchanged(made_outside))
                .await;
        },
        |_, seen| {
            assert_eq!(seen.scopes[0].len(), 6);
            for operation in seen.relay("relay.operation") {
                assert_root(operation);
            }
        },
    );
}

#[test]
fn a_stream() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    fn operation() -> impl Stream<Item = u64> + Send {
        stream::unfold(0, |number| async move {
            info_span!("relay.item").in_scope(|| {});
            yield_now().await;
            (number < 3).then_some((number, number + 1))
        })
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let read = async {
                let mut items = pin!(operation());
                let mut read = Vec::new();
                while let Some(item) = application.unchanged(items.next()).await {
                    application.work();
                    read.push(item);
                }
                assert_eq!(read, [0, 1, 2]);
            };
            application.around(read).await;
            // Dropped before its end.
            let mut items = Box::pin(operation());
            assert_eq!(application.unchanged(items.next()).await, Some(0));
            application.unchanged(async { drop(items) }).await;
        },
        |_, seen| {
            assert_eq!(seen.relay("relay.operation").len(), 2);
            assert_eq!(seen.relay("relay.item").len(), 5);
        },
    );
}

#[test]
fn a_method_of_async_trait() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[async_trait::async_trait]
    trait Client {
        async fn link(&self) -> u64;
    }

    struct Relay;

    #[async_trait::async_trait]
    impl Client for Relay {
        #[relay_traced(scope = RELAY, name = "relay.link")]
        async fn link(&self) -> u64 {
            yield_now().await;
            info_span!("relay.library").in_scope(|| 7)
        }
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let client: Box<dyn Client + Send + Sync> = Box::new(Relay);
            let linked = application.around(application.unchanged(client.link()));
            assert_eq!(linked.await, 7);
        },
        |_, seen| {
            assert_root(seen.one("relay.link"));
            assert_child(seen.one("relay.library"), seen.one("relay.link"));
        },
    );
}

#[test]
fn a_scope_without_an_operation() {
    static RELAY: TraceScope = TraceScope::new("relay");

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                RELAY.run(|| info_span!("relay.run").in_scope(|| application.api()));
                let future = async {
                    yield_now().await;
                    info_span!("relay.future").in_scope(|| application.api());
                };
                RELAY.run_async(future).await;
            };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            assert_root(seen.one("relay.run"));
            assert_root(seen.one("relay.future"));
        },
    );
}
