//! Sessions in tasks and on threads.

use tracing_relay::task::{self, JoinSet, TaskContext};

use super::*;

#[test]
fn the_helpers_keep_the_session() {
    for pipeline in pipelines() {
        pipeline.worker_threads(2).run(async |traces| {
            let work = session(1).instrument(async {
                let mut tasks = JoinSet::new();
                tasks.spawn(step_async());
                tasks.spawn_blocking(step);
                tasks.into_inner().join_all().await;
                task::spawn(step_async()).await.unwrap();
                task::spawn_blocking(step).await.unwrap();
                task::spawn_thread(step).join().unwrap();
                task::detach(step_async()).await.unwrap();
                let here = TaskContext::current();
                std::thread::spawn(move || here.run(step)).join().unwrap();
            });
            work.await;
            let seen = ids(&traces);
            assert_eq!(seen.len(), 10);
            assert!(seen.iter().all(|(_, id)| *id == Some(1)), "{seen:?}");
        });
    }
}

#[test]
#[allow(deprecated, reason = "it is what is tested")]
fn a_bare_spawn_is_in_no_session() {
    for pipeline in pipelines() {
        pipeline.worker_threads(2).run(async |traces| {
            let work = session(1).instrument(async {
                tokio::spawn(step_async()).await.unwrap();
            });
            work.await;
            assert_ids(&traces, &[("step", None), ("step_async", None)]);
        });
    }
}

#[test]
fn a_task_from_outside_has_no_part_in_the_session_of_who_polls_it() {
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let outside = TaskContext::current();
            session(1).run(|| {
                outside.run(step);
                step();
            });
            assert_ids(&traces, &[("step", None), ("step", Some(1))]);
        });
    }
}

#[test]
fn a_session_inside_of_a_task_ends_with_it() {
    let outer = session(1).run(TaskContext::current);
    outer.run(|| {
        assert_eq!(current(), Some(1));
        session(2).run(|| assert_eq!(current(), Some(2)));
        assert_eq!(current(), Some(1));
    });
    assert_eq!(current(), None);
}
