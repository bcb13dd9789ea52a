//! However an operation ends.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use futures_util::FutureExt as _;
use tracing::{Instrument as _, info_span};
use tracing_relay::{TraceScope, relay_traced};

use crate::everywhere::everywhere;
use crate::support::{assert_root, poll_once, yield_now};

/// Opens a span where it is dropped.
struct Traced(&'static str);

impl Drop for Traced {
    fn drop(&mut self) {
        match self.0 {
            "relay" => info_span!("relay.drop").in_scope(|| {}),
            _ => info_span!("user.drop").in_scope(|| {}),
        }
    }
}

#[test]
fn an_operation_that_is_dropped_between_two_polls() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        let _inside = Traced("relay");
        pending::<()>()
            .instrument(info_span!("relay.waiting"))
            .await;
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                let mut polled = Box::pin(operation());
                poll_once(polled.as_mut());
                application.work();
                application.unchanged(async { drop(polled) }).await;
                // Never polled: there is no span.
                drop(operation());
            };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            assert_eq!(seen.scopes[0].len(), 3);
            assert_root(seen.one("relay.operation"));
        },
    );
}

#[test]
fn an_operation_that_panics() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        yield_now().await;
        let _inside = Traced("relay");
        panic();
    }

    #[relay_traced(scope = RELAY, name = "relay.sync")]
    fn panic() {
        let _inside = info_span!("relay.entered").entered();
        std::panic::resume_unwind(Box::new(7));
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                let caught = AssertUnwindSafe(operation()).catch_unwind().await;
                assert!(caught.is_err());
                application.work();
                assert!(catch_unwind(panic).is_err());
            };
            application.around(application.unchanged(part)).await;
        },
        |_, seen| {
            assert_eq!(seen.relay("relay.sync").len(), 2);
            assert_eq!(seen.relay("relay.drop").len(), 1);
            assert_root(seen.one("relay.operation"));
        },
    );
}

#[test]
fn an_operation_that_is_cancelled() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() {
        let _inside = Traced("relay");
        pending::<()>().await;
    }

    #[relay_traced(scope = RELAY, name = "relay.short")]
    async fn short() {
        yield_now().await;
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            if !world.runtime.is_tokio() {
                return;
            }
            let application = world.application.clone();
            let part = async {
                let timeout = tokio::time::timeout(Duration::from_millis(1), operation());
                assert!(application.unchanged(timeout).await.is_err());
                let select = async {
                    tokio::select! {
                        () = operation() => {}
                        () = short() => {}
                    }
                };
                application.unchanged(select).await;
                let select = async {
                    tokio::select! {
                        () = operation() => {}
                        () = async { yield_now().await; application.work() } => {}
                    }
                };
                application.unchanged(select).await;
                application.work();
            };
            application.around(part).await;

            let inside = application.clone();
            let task = tokio::spawn(async move {
                inside.around(operation()).await;
            });
            yield_now().await;
            task.abort();
            assert!(task.await.is_err_and(|error| error.is_cancelled()));
            application.work();
        },
        |world, seen| {
            if world.runtime.is_tokio() {
                // The aborted task may not have begun.
                let count = seen.relay("relay.operation").len();
                assert!((3..=4).contains(&count), "{count}");
                assert_eq!(seen.relay("relay.drop").len(), count);
                // It is not said which of two is polled first.
                assert_eq!(seen.relay("relay.short").len(), 1);
            }
        },
    );
}

#[test]
fn what_an_operation_leaves_behind_is_dropped_by_the_application() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.operation")]
    async fn operation() -> Traced {
        yield_now().await;
        Traced("user")
    }

    everywhere(
        &[&RELAY],
        |world| async move {
            let application = &world.application;
            let part = async {
                drop(operation().await);
            };
            application.around(application.unchanged(part)).await;
        },
        |world, seen| {
            assert_eq!(seen.scopes[0].len(), 1);
            let dropped = seen.application.iter();
            let dropped = dropped.filter(|span| span.name == "user.drop").count();
            assert_eq!(dropped, usize::from(world.application.exports_tracing()));
        },
    );
}
