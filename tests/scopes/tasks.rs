//! The task helpers keep a scope, and what the application has around it; a plain spawn leaves it.

use opentelemetry_sdk::trace::SpanData;
use tracing::info_span;
use tracing_relay::scope::{outside, run_outside};
use tracing_relay::task::{self, JoinSet, TaskContext};
use tracing_relay::{TraceScope, current_trace_id, relay_traced};

use crate::applications::{Application, Runtime};
use crate::everywhere::{Seen, World, everywhere, on_tokio};
use crate::support::{assert_child, assert_root, span_id, trace_id, yield_now};

/// A callback of the user, which has a span.
fn callback() {
    info_span!("user.callback").in_scope(|| {});
}

/// All callbacks are directly below the span of the application around the operation.
#[track_caller]
fn assert_callbacks(world: &World, seen: &Seen, count: usize) {
    if !world.application.exports_tracing() {
        return;
    }
    let callbacks: Vec<_> = callbacks(seen).collect();
    assert_eq!(callbacks.len(), count);
    for callback in callbacks {
        assert_child(callback, seen.one("user.around"));
    }
}

fn callbacks(seen: &Seen) -> impl Iterator<Item = &SpanData> {
    let spans = seen.application.iter();
    spans.filter(|span| span.name == "user.callback")
}

/// Work inside of a task, and a callback of the user.
async fn in_task() {
    yield_now().await;
    info_span!("relay.task").in_scope(|| {});
    outside(async {
        yield_now().await;
        callback();
    })
    .await;
}

fn in_thread() {
    info_span!("relay.task").in_scope(|| {});
    run_outside(callback);
}

#[test]
fn tasks_and_threads_of_the_helpers_are_inside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        task::spawn_thread(in_thread)
            .join()
            .expect("it does not panic");
        let here = TaskContext::current();
        std::thread::spawn(move || here.run(in_thread))
            .join()
            .expect("it does not panic");
        TaskContext::current().instrument(in_task()).await;
        run_outside(callback);
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            application.around(application.unchanged(operation())).await;
        },
        |world, seen| {
            let tasks = seen.relay("relay.task");
            assert_eq!(tasks.len(), 3);
            for task in tasks {
                assert_child(task, seen.one("relay.operation"));
            }
            assert_callbacks(world, seen, 4);
        },
    );
}

#[test]
fn tasks_of_tokio_are_inside_with_the_helpers() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        let spawned = task::spawn(async {
            let nested = task::spawn(in_task());
            in_task().await;
            nested.await
        });
        let blocking = task::spawn_blocking(in_thread);
        let mut set = JoinSet::new();
        set.spawn(in_task());
        set.spawn_blocking(in_thread);
        set.spawn_on(in_task(), &tokio::runtime::Handle::current());
        let nested = spawned.await.expect("it does not panic");
        nested.expect("it does not panic");
        blocking.await.expect("it does not panic");
        set.into_inner().join_all().await;
    }

    on_tokio(&RELAY, operation, |world, seen| {
        let tasks = seen.relay("relay.task");
        assert_eq!(tasks.len(), 6);
        for task in tasks {
            assert_child(task, seen.one("relay.operation"));
        }
        assert_callbacks(world, seen, 6);
    });
}

#[test]
fn local_tasks_are_inside_with_the_helpers() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        task::spawn_local(in_task())
            .await
            .expect("it does not panic");
        let mut set = JoinSet::new();
        set.spawn_local(in_task());
        set.into_inner().join_all().await;
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            if world.runtime == Runtime::LocalSet {
                let application: Application = world.application.clone();
                // What is local cannot be sent, and so is not awaited in what can be.
                tokio::task::spawn_local(async move {
                    application.around(application.unchanged(operation())).await;
                })
                .await
                .expect("it does not panic");
            }
        },
        |world, seen| {
            if world.runtime == Runtime::LocalSet {
                let tasks = seen.relay("relay.task");
                assert_eq!(tasks.len(), 2);
                for task in tasks {
                    assert_child(task, seen.one("relay.operation"));
                }
                assert_callbacks(world, seen, 2);
            }
        },
    );
}

#[test]
fn a_task_that_outlives_its_operation_goes_on_in_its_trace() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() -> tokio::task::JoinHandle<()> {
        task::spawn(async {
            for _ in 0..5 {
                yield_now().await;
            }
            in_task().await;
            inner();
        })
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    on_tokio(
        &RELAY,
        || async { operation().await.await.expect("it does not panic") },
        |world, seen| {
            assert_child(seen.one("relay.task"), seen.one("relay.operation"));
            assert_child(seen.one("relay.inner"), seen.one("relay.operation"));
            assert_callbacks(world, seen, 1);
        },
    );
}

#[test]
fn detached_work_is_linked_to_its_operation_and_stays_inside() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        task::detach(async {
            assert_eq!(current_trace_id(), None);
            in_task().await;
            inner();
        })
        .await
        .expect("it does not panic");
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    on_tokio(&RELAY, operation, |_, seen| {
        let operation = seen.one("relay.operation");
        for name in ["relay.task", "relay.inner"] {
            let span = seen.one(name);
            assert_root(span);
            assert_ne!(trace_id(span), trace_id(operation));
            let links = &span.links.links;
            assert_eq!(links.len(), 1);
            assert_eq!(links[0].span_context.span_id(), span_id(operation));
        }
        for callback in callbacks(seen) {
            assert_root(callback);
        }
    });
}

#[test]
fn a_plain_spawn_leaves() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        spawns().await;
    }

    /// As a library does it.
    async fn spawns() {
        let task = tokio::spawn(async {
            yield_now().await;
            callback();
            // It begins anew.
            inner();
        });
        task.await.expect("it does not panic");
        let blocking = tokio::task::spawn_blocking(callback);
        blocking.await.expect("it does not panic");
    }

    #[relay_traced(scope = RELAY, name = "relay.inner")]
    fn inner() {}

    on_tokio(&RELAY, operation, |world, seen| {
        assert_root(seen.one("relay.inner"));
        for callback in callbacks(seen) {
            assert_root(callback);
        }
        let expected = if world.application.exports_tracing() {
            2
        } else {
            0
        };
        assert_eq!(callbacks(seen).count(), expected);
    });
}
