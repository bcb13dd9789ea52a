//! Where a session is current, and that it is not after that.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};

use super::*;

struct Session {
    telemetry: SessionTelemetry,
}

impl Session {
    fn new(id: i64) -> Self {
        let telemetry = session(id);
        Self { telemetry }
    }

    #[traced(session = self.telemetry)]
    fn sync(&self) -> Option<i64> {
        step();
        current()
    }

    #[traced(session = self.telemetry)]
    async fn asynchronous(&self) -> Option<i64> {
        step_async().await;
        current()
    }

    #[traced(session = self.telemetry)]
    fn later(&self) -> impl Future<Output = Option<i64>> + use<> {
        async move {
            step_async().await;
            current()
        }
    }

    #[traced(session = self.telemetry)]
    fn stream(&self) -> impl Stream<Item = Option<i64>> + use<> {
        stream::iter(0..2).then(async |_| {
            step_async().await;
            current()
        })
    }

    #[traced(session = self.telemetry)]
    async fn fails(&self) {
        step();
        panic!("on purpose");
    }

    #[traced(session = self.telemetry)]
    async fn hangs(&self) {
        pending::<()>().await;
    }
}

#[test]
fn an_annotated_function_of_each_shape_runs_in_its_session() {
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let session = Session::new(1);
            assert_eq!(session.sync(), Some(1));
            assert_eq!(session.asynchronous().await, Some(1));
            assert_eq!(session.later().await, Some(1));
            let items: Vec<_> = session.stream().collect().await;
            assert_eq!(items, [Some(1), Some(1)]);
            assert_eq!(current(), None);
            for (name, id) in ids(&traces) {
                assert_eq!(id, Some(1), "{name}");
            }
            assert_eq!(traces.spans().len(), 13);
        });
    }
}

#[test]
fn what_is_cancelled_or_panics_leaves_no_session() {
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let session = Session::new(1);
            let failed = AssertUnwindSafe(session.fails()).catch_unwind().await;
            assert!(failed.is_err());
            assert_eq!(current(), None);
            {
                let mut hangs = pin!(session.hangs());
                assert_eq!(
                    futures_util::poll!(hangs.as_mut()),
                    std::task::Poll::Pending
                );
                assert_eq!(current(), None);
            }
            let run = || session.telemetry.run(|| panic!("on purpose"));
            assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
            assert_eq!(current(), None);
            step();
            assert_ids(
                &traces,
                &[
                    ("step", Some(1)),
                    ("fails", Some(1)),
                    ("hangs", Some(1)),
                    ("step", None),
                ],
            );
        });
    }
}

/// Steps where it is dropped.
struct StepOnDrop;

impl Drop for StepOnDrop {
    fn drop(&mut self) {
        step();
    }
}

#[test]
fn what_a_future_drops_is_in_its_session() {
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let future = session(1).instrument(async {
                let _dropped = StepOnDrop;
                pending::<()>().await;
            });
            let mut future = Box::pin(future);
            assert!(futures_util::poll!(&mut future).is_pending());
            drop(future);
            assert_ids(&traces, &[("step", Some(1))]);
        });
    }
}

#[test]
fn two_futures_on_one_thread_have_their_own_sessions() {
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let one = session(1).instrument(step_async());
            let two = session(2).instrument(step_async());
            futures_util::join!(one, two, step_async());
            let mut seen = ids(&traces);
            seen.sort();
            let expected = ["step", "step_async"].into_iter();
            let expected: Vec<_> = expected
                .flat_map(|name| [None, Some(1), Some(2)].map(|id| (name.to_owned(), id)))
                .collect();
            assert_eq!(seen, expected);
        });
    }
}

#[test]
fn an_inner_session_adds_to_the_outer_one_and_wins() {
    #[traced(session = SessionTelemetry::new().with("turn.id", 9).with("model", "inner"))]
    async fn turn() {
        step();
    }

    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let outer = session(1).with("model", "outer");
            let both = outer.instrument(async {
                turn().await;
                step();
                SessionTelemetry::new().with("turn.id", 8).run(step);
                // The session itself once more is no other.
                outer.run(step);
            });
            both.await;
            let seen: Vec<_> = traces
                .spans()
                .iter()
                .map(|span| {
                    let text = |key| span.attribute(key).map(ToString::to_string);
                    (id_of(span), text("turn.id"), text("model"))
                })
                .collect();
            let some = |text: &str| Some(text.to_owned());
            assert_eq!(
                seen,
                [
                    (Some(1), some("9"), some("\"inner\"")),
                    (Some(1), some("9"), some("\"inner\"")),
                    (Some(1), None, some("\"outer\"")),
                    (Some(1), some("8"), some("\"outer\"")),
                    (Some(1), None, some("\"outer\"")),
                ]
            );
        });
    }
}

#[test]
fn an_inner_session_that_moves_to_another_outer_one_has_that_of_now() {
    let inner = SessionTelemetry::new().with("turn.id", 9);
    let mut future = pin!(inner.instrument(async {
        let first = current();
        tokio::task::yield_now().await;
        (first, current())
    }));
    let mut cx = Context::from_waker(Waker::noop());
    let mut poll = |id| session(id).run(|| future.as_mut().poll(&mut cx));
    assert!(poll(1).is_pending());
    assert_eq!(poll(2), std::task::Poll::Ready((Some(1), Some(2))));
}

#[test]
fn nothing_that_stands_for_no_session_is_one() {
    #[traced(session = session)]
    fn maybe(session: Option<&SessionTelemetry>) -> Option<i64> {
        current()
    }

    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            assert_eq!(maybe(None), None);
            assert_eq!(maybe(Some(&SessionTelemetry::new())), None);
            assert_eq!(maybe(Some(&session(1))), Some(1));
            session(2).run(|| assert_eq!(maybe(None), Some(2)));
            assert_ids(
                &traces,
                &[
                    ("maybe", None),
                    ("maybe", None),
                    ("maybe", Some(1)),
                    ("maybe", Some(2)),
                ],
            );
        });
    }
}

#[test]
fn a_returned_future_is_in_the_session_of_the_call() {
    #[traced]
    fn later() -> Pin<Box<dyn Future<Output = Option<i64>>>> {
        Box::pin(async { current() })
    }

    #[traced(level = "trace")]
    fn quiet() -> Pin<Box<dyn Future<Output = Option<i64>>>> {
        Box::pin(async { current() })
    }

    for pipeline in pipelines() {
        pipeline
            .level(tracing_relay::testing::LevelFilter::INFO)
            .run(async |traces| {
                let (called, unseen) = session(1).run(|| (later(), quiet()));
                assert_eq!(called.await, Some(1));
                assert_eq!(unseen.await, Some(1));
                // Polled in an unrelated one, it has nothing of that.
                let called = session(1).run(later);
                let worker = session(2).with("worker", true);
                assert_eq!(worker.instrument(called).await, Some(1));
                assert_eq!(traces.spans()[1].attribute("worker"), None);
                // The call comes before the session around it.
                assert_eq!(session(3).instrument(later()).await, Some(3));
                // And may be in another one itself.
                let turn = SessionTelemetry::new().with("turn.id", 9);
                session(4)
                    .instrument(async { turn.instrument(later()).await })
                    .await;
                assert_eq!(traces.spans()[3].attribute("turn.id"), Some(&9.into()));
                let expected = [Some(1), Some(1), Some(3), Some(4)];
                assert_ids(&traces, &expected.map(|id| ("later", id)));
            });
    }
}
