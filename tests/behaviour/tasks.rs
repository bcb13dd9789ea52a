//! Tasks and threads: what stays in the trace, what leaves it, and what is linked.

use std::sync::mpsc;

use tracing_relay::task::{self, JoinSet, TaskContext};
use tracing_relay::testing::{Pipeline, Traces};
use tracing_relay::{
    Baggage, TraceCarrier, assert_trace, current_baggage, current_trace_id, request_span,
    set_current_baggage, traced,
};

#[traced]
async fn step() {
    tokio::task::yield_now().await;
}

#[traced]
fn blocking_step() {}

/// Runs a test on both runtimes.
fn on_both_runtimes<F: Future<Output = ()>>(test: impl Fn(Traces) -> F) {
    Pipeline::new().run(&test);
    Pipeline::new().worker_threads(2).run(&test);
}

#[test]
fn spawned_tasks_stay_in_the_trace() {
    #[request_span(carrier = none)]
    async fn handle() {
        let task = task::spawn(step());
        let blocking = task::spawn_blocking(blocking_step);
        task.await.unwrap();
        blocking.await.unwrap();
        task::spawn_thread(blocking_step).join().unwrap();
    }
    on_both_runtimes(|traces| async move {
        handle().await;
        assert_trace!(
            traces,
            "
            server handle unordered
              internal step
              internal blocking_step
              internal blocking_step
            "
        );
    });
}

#[test]
fn a_bare_spawn_leaves_the_trace() {
    #[request_span(carrier = none)]
    #[allow(deprecated)]
    async fn handle() {
        tokio::spawn(step()).await.unwrap();
    }
    on_both_runtimes(|traces| async move {
        handle().await;
        assert_trace!(
            traces,
            "
            server handle

            internal step
            "
        );
    });
}

#[test]
fn a_set_of_tasks_stays_in_the_trace() {
    #[request_span(carrier = none)]
    async fn handle() {
        let mut tasks = JoinSet::new();
        tasks.spawn(step());
        tasks.spawn_blocking(blocking_step);
        tasks.spawn_on(step(), &tokio::runtime::Handle::current());
        assert_eq!(tasks.len(), 3);
        while let Some(result) = tasks.join_next().await {
            result.unwrap();
        }
    }
    on_both_runtimes(|traces| async move {
        handle().await;
        assert_trace!(
            traces,
            "
            server handle unordered
              internal step
              internal blocking_step
              internal step
            "
        );
    });
}

#[tracing_relay::test]
async fn local_tasks_stay_in_the_trace(traces: Traces) {
    #[request_span(carrier = none)]
    async fn handle() {
        let mut tasks = JoinSet::new();
        tasks.spawn_local(step());
        task::spawn_local(step()).await.unwrap();
        tasks.join_next().await.unwrap().unwrap();
    }
    tokio::task::LocalSet::new().run_until(handle()).await;
    assert_trace!(
        traces,
        "
        server handle unordered
          internal step
          internal step
        "
    );
}

/// A task that is polled inside a handler, because the handler waits for its set, is not in the
/// handler's trace unless the handler spawned it.
#[tracing_relay::test]
async fn a_task_from_outside_that_is_polled_inside_a_span_has_no_part_in_it(traces: Traces) {
    #[request_span(carrier = none)]
    async fn handle(inner: impl Future<Output = ()>) {
        assert!(current_trace_id().is_some());
        inner.await;
        assert!(current_trace_id().is_some());
    }
    let outside = TaskContext::current().instrument(async {
        assert_eq!(current_trace_id(), None);
        assert!(TraceCarrier::capture().is_none());
    });
    handle(outside).await;
    assert_trace!(traces, "server handle");
}

#[test]
fn detached_work_is_a_root_linked_to_its_request_which_ends_before_it() {
    #[request_span(carrier = none)]
    async fn handle(started: tokio::sync::oneshot::Receiver<()>) -> tokio::task::JoinHandle<()> {
        task::detach(async move {
            started.await.unwrap();
            step().await;
        })
    }
    on_both_runtimes(|traces| async move {
        let (start, started) = tokio::sync::oneshot::channel();
        let detached = handle(started).await;
        assert_eq!(traces.exported(), ["handle"]);
        start.send(()).unwrap();
        detached.await.unwrap();
        assert_eq!(traces.exported(), ["handle", "step"]);
        assert_trace!(
            traces,
            "
            server handle

            internal step ~> handle
            "
        );
    });
}

#[test]
fn a_request_is_exported_while_the_tasks_that_it_spawned_still_run() {
    #[request_span(carrier = none)]
    async fn handle(go: tokio::sync::oneshot::Receiver<()>) -> tokio::task::JoinHandle<()> {
        task::spawn(async move {
            go.await.unwrap();
            step().await;
        })
    }
    on_both_runtimes(|traces| async move {
        let (start, go) = tokio::sync::oneshot::channel();
        let task = handle(go).await;
        assert_eq!(traces.exported(), ["handle"]);
        start.send(()).unwrap();
        task.await.unwrap();
        assert_trace!(
            traces,
            "
            server handle => completed
              internal step => completed
            "
        );
    });
}

#[tracing_relay::test]
async fn baggage_goes_along_with_tasks_and_not_back(traces: Traces) {
    #[request_span(carrier = none)]
    async fn handle() {
        assert!(set_current_baggage(
            Baggage::new().with("user", "a").unwrap()
        ));
        task::spawn(inner()).await.unwrap();
        task::detach(inner()).await.unwrap();
        assert_eq!(current_baggage().get("user"), Some("a"));
    }
    #[traced]
    async fn inner() {
        assert_eq!(current_baggage().get("user"), Some("a"));
        assert!(set_current_baggage(
            Baggage::new().with("user", "b").unwrap()
        ));
        tokio::task::yield_now().await;
        assert_eq!(current_baggage().get("user"), Some("b"));
    }
    handle().await;
    assert_eq!(traces.exported(), ["inner", "inner", "handle"]);
}

#[tracing_relay::test]
fn a_context_can_be_taken_to_a_thread_and_used_there_often(traces: Traces) {
    #[request_span(carrier = none)]
    fn handle() {
        let here = TaskContext::current();
        let (send, receive) = mpsc::channel::<()>();
        let worker = std::thread::spawn(move || {
            while receive.recv().is_ok() {
                here.run(blocking_step);
            }
            assert_eq!(current_trace_id(), None);
        });
        send.send(()).unwrap();
        send.send(()).unwrap();
        drop(send);
        worker.join().unwrap();
    }
    handle();
    assert_trace!(
        traces,
        "
        server handle
          internal blocking_step
          internal blocking_step
        "
    );
}

/// The destructor of what a task holds runs inside the trace as well.
#[tracing_relay::test]
async fn an_aborted_task_is_dropped_inside_its_trace(traces: Traces) {
    struct OnDrop;
    impl Drop for OnDrop {
        fn drop(&mut self) {
            blocking_step();
        }
    }
    #[request_span(carrier = none)]
    async fn handle() {
        let guard = OnDrop;
        let task = task::spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    handle().await;
    assert_trace!(
        traces,
        "
        server handle
          internal blocking_step
        "
    );
}
