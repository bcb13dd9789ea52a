//! Events of work that a span has spawned, and that has no span of its own.

use tokio::sync::oneshot;
use tracing::{Span, info, info_span};
use tracing_relay::task::{self, JoinSet, TaskContext};
use tracing_relay::traced;

use super::{events, own, pipelines};

#[test]
fn an_event_in_a_task_is_added_to_the_span_that_spawned_it() {
    #[traced]
    async fn spawner() {
        info!("before");
        task::spawn(async {
            info!("task");
            tokio::task::yield_now().await;
            info!("polled again");
            task::spawn(async { info!("task of the task") })
                .await
                .unwrap();
        })
        .await
        .unwrap();
        task::spawn_blocking(|| info!("blocking")).await.unwrap();
        let mut set = JoinSet::new();
        set.spawn(async { info!("set") });
        set.join_next().await.unwrap().unwrap();
        task::spawn_thread(|| info!("thread")).join().unwrap();
        let here = TaskContext::current();
        std::thread::spawn(move || here.run(|| info!("context")))
            .join()
            .unwrap();
        info!("after");
    }
    for pipeline in pipelines() {
        for pipeline in [pipeline.clone(), pipeline.worker_threads(2)] {
            pipeline.run(async |traces| {
                spawner().await;
                assert_eq!(
                    events(&traces.span("spawner")),
                    [
                        "before",
                        "task",
                        "polled again",
                        "task of the task",
                        "blocking",
                        "set",
                        "thread",
                        "context",
                        "after"
                    ]
                );
            });
        }
    }
}

#[test]
fn an_event_after_the_end_of_the_span_is_in_no_span() {
    #[traced]
    async fn spawner(go: oneshot::Receiver<()>) -> tokio::task::JoinHandle<()> {
        task::spawn(async {
            go.await.unwrap();
            info!("too late");
        })
    }
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let (start, go) = oneshot::channel();
            let task = spawner(go).await;
            start.send(()).unwrap();
            task.await.unwrap();
            assert_eq!(traces.span("spawner").events(), []);
            traces.clear();
            spawner(oneshot::channel().1).await.abort();
            assert_eq!(traces.span("spawner").events(), []);
        });
    }
}

#[test]
fn detached_work_says_nothing_about_the_span_that_started_it() {
    #[traced]
    async fn spawner() {
        task::detach(async { info!("detached") }).await.unwrap();
    }
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            spawner().await;
            assert_eq!(traces.span("spawner").events(), []);
        });
    }
}

#[test]
fn an_event_belongs_to_the_innermost_span_of_a_task() {
    #[traced]
    fn inner() {
        info!("inner");
    }
    #[traced]
    async fn spawner() {
        let theirs = info_span!("theirs");
        let task = theirs.in_scope(|| task::spawn(async { info!("in theirs") }));
        task.await.unwrap();
        task::spawn(async {
            inner();
            info_span!("own").in_scope(|| info!("own"));
            info!("here");
        })
        .await
        .unwrap();
    }
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            spawner().await;
            for (name, said) in [
                ("theirs", "in theirs"),
                ("inner", "inner"),
                ("own", "own"),
                ("spawner", "here"),
            ] {
                assert_eq!(events(&traces.span(name)), [said], "{name}");
            }
        });
    }
}

#[test]
fn a_span_takes_no_more_from_tasks_than_its_limit() {
    #[traced]
    async fn spawner() {
        let tasks = (0..4).map(|_| {
            task::spawn(async {
                for _ in 0..100 {
                    info!("again");
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
    }
    for pipeline in pipelines() {
        pipeline.worker_threads(2).run(async |traces| {
            spawner().await;
            assert_eq!(traces.span("spawner").events().len(), 128);
        });
    }
}

/// The span that waits for a task is not the span that the task is about.
#[test]
fn an_event_of_a_task_from_outside_is_not_added_to_the_span_that_polls_it() {
    #[traced]
    async fn waiting(task: impl Future<Output = ()>) {
        task.await;
    }
    for activate in [true, false] {
        own().context_activation(activate).run(async |traces| {
            let outside = TaskContext::current().instrument(async { info!("outside") });
            waiting(outside).await;
            let theirs = info_span!("theirs");
            let other = theirs.in_scope(TaskContext::current);
            waiting(other.instrument(async { info!("other") })).await;
            drop(theirs);
            for span in traces.spans() {
                let said: &[&str] = if span.name() == "theirs" {
                    &["other"]
                } else {
                    &[]
                };
                assert_eq!(events(&span), said, "{}", span.name());
            }
        });
    }
}

/// Where a log wants the span, there is one of `tracing`, which people take along by themselves.
#[test]
fn the_span_of_tracing_beside_ours_can_be_used_elsewhere() {
    #[traced(fields(answer = 1))]
    fn spawner() -> Span {
        let span = Span::current();
        let theirs = span.clone();
        let subscriber = tracing::dispatcher::get_default(Clone::clone);
        std::thread::spawn(move || {
            let _subscriber = tracing::dispatcher::set_default(&subscriber);
            theirs.record("answer", 42);
            theirs.in_scope(|| info!("entered"));
            info!(parent: &theirs, "parent");
            theirs.follows_from(&info_span!("followed"));
        })
        .join()
        .unwrap();
        span
    }
    for pipeline in pipelines() {
        let pipeline = pipeline.capture_logs();
        pipeline.run_sync(|traces| {
            let span = spawner();
            info!(parent: &span, "too late");
            drop(span);
            let span = traces.span("spawner");
            assert_eq!(events(&span), ["entered", "parent"]);
            let answers: Vec<_> = span
                .attributes()
                .iter()
                .filter(|(key, _)| key == "answer")
                .collect();
            assert_eq!(answers.last().unwrap().1, 42.into());
        });
    }
}
