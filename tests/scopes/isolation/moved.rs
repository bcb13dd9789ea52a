//! Futures that begin on one side of a scope and go on at the other, and what goes along with them.

use tracing::instrument::WithSubscriber as _;
use tracing::{Instrument as _, info_span};
use tracing_relay::task::TaskContext;
use tracing_relay::{TraceScope, relay_traced, traced};

use crate::everywhere::{everywhere, on_tokio};
use crate::support::{assert_child, assert_root, poll_once, yield_now};

#[test]
fn a_future_of_the_application_that_an_operation_polls() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation(future: impl Future<Output = ()>) {
        future.await;
        info_span!("relay.after").in_scope(|| {});
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                // It brings a span of the application, and nothing else.
                let future = async {
                    application.work();
                    yield_now().await;
                    info_span!("relay.inside").in_scope(|| {});
                };
                let mut future = Box::pin(future.instrument(info_span!("user.brought")));
                poll_once(future.as_mut());
                operation(future).await;
            };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            assert_root(seen.one("relay.operation"));
            assert_child(seen.one("relay.inside"), seen.one("relay.operation"));
            assert_child(seen.one("relay.after"), seen.one("relay.operation"));
        },
    );
}

#[test]
fn a_future_of_the_application_that_brings_all_of_it() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation(future: impl Future<Output = ()>) {
        future.await;
        info_span!("relay.after").in_scope(|| {});
    }

    #[traced(name = "user.traced")]
    fn traced() {}

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                let future = async {
                    yield_now().await;
                    application.work();
                    traced();
                };
                operation(future.with_current_subscriber()).await;
                let future = async {
                    application.work();
                    yield_now().await;
                    traced();
                    application.work();
                };
                operation(TaskContext::current().instrument(future)).await;
            };
            application.around(application.unchanged(part)).await;
        },
        |world, seen| {
            assert_eq!(seen.scopes[0].len(), 4);
            if world.application.exports_tracing() {
                let traced = seen.application.iter();
                assert_eq!(traced.filter(|span| span.name == "user.traced").count(), 2);
            }
        },
    );
}

#[test]
fn a_future_of_a_scope_that_the_application_polls() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() -> impl Future<Output = ()> {
        let mut future = Box::pin(step().instrument(info_span!("relay.brought")));
        poll_once(future.as_mut());
        future
    }

    #[traced(name = "relay.step")]
    async fn step() {
        yield_now().await;
        info_span!("user.inside").in_scope(|| {});
    }

    #[relay_traced(scope = RELAY, name = "relay.all")]
    async fn all() -> impl Future<Output = ()> {
        yield_now().await;
        TaskContext::current().instrument(async {
            yield_now().await;
            info_span!("relay.inside").in_scope(|| {});
            inner();
        })
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                let brought = operation().await;
                application.unchanged(brought).await;
                let all = all().await;
                application.unchanged(all).await;
                application.work();
            };
            application.around(part).await;
        },
        |_, seen| {
            assert_child(seen.one("relay.brought"), seen.one("relay.operation"));
            assert_child(seen.one("relay.step"), seen.one("relay.brought"));
            assert_child(seen.one("relay.inside"), seen.one("relay.all"));
            assert_child(seen.one("relay.inner"), seen.one("relay.all"));
        },
    );
}

#[test]
fn a_returned_future_has_the_parent_of_its_call_in_another_operation() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.returned")]
    fn returned() -> impl Future<Output = ()> + Send {
        async {
            yield_now().await;
        }
    }

    #[relay_traced(scope = RELAY, name = "relay.polls")]
    async fn polls(future: impl Future<Output = ()>) {
        future.await;
    }

    #[relay_traced(scope = RELAY, name = "relay.calls")]
    async fn calls() -> impl Future<Output = ()> {
        returned()
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                // Called where no operation is, so the root of a trace.
                let future = returned();
                polls(future).await;
            };
            application.around(application.unchanged(part)).await;
            polls(returned()).await;
            // Called in an operation, and polled in another one, and in the application.
            let called = calls().await;
            polls(called).await;
            let called = calls().await;
            application.around(application.unchanged(called)).await;
        },
        |_, seen| {
            let calls: Vec<_> = seen.relay("relay.calls");
            assert_eq!(calls.len(), 2);
            let returned = seen.relay("relay.returned");
            assert_eq!(returned.len(), 4);
            let (roots, below): (Vec<_>, Vec<_>) = returned
                .into_iter()
                .partition(|span| span.parent_span_id == opentelemetry::SpanId::INVALID);
            assert_eq!(roots.len(), 2);
            for span in below {
                let parent = calls
                    .iter()
                    .find(|call| call.span_context.span_id() == span.parent_span_id);
                assert_child(span, parent.expect("its parent called it"));
            }
        },
    );
}

#[test]
fn what_instrumentation_of_tracing_takes_along() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        let bare = tokio::spawn(async {
            yield_now().await;
            info_span!("user.bare").in_scope(|| {});
        });
        let span_only = tokio::spawn(
            async {
                yield_now().await;
                info_span!("user.span_only").in_scope(|| {});
            }
            .in_current_span(),
        );
        let both = tokio::spawn(
            async {
                yield_now().await;
                info_span!("relay.both").in_scope(inner);
            }
            .in_current_span()
            .with_current_subscriber(),
        );
        let subscriber_only = tokio::spawn(
            async {
                yield_now().await;
                info_span!("relay.subscriber").in_scope(inner);
            }
            .with_current_subscriber(),
        );
        for task in [bare, span_only, both, subscriber_only] {
            task.await.expect("it does not panic");
        }
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    on_tokio(&RELAY, operation, |world, seen| {
        assert_child(seen.one("relay.both"), seen.one("relay.operation"));
        assert_root(seen.one("relay.subscriber"));
        assert_eq!(seen.relay("relay.inner").len(), 2);
        if world.application.exports_tracing() {
            assert_root(seen.one("user.bare"));
            assert_root(seen.one("user.span_only"));
        }
    });
}
