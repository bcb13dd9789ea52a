//! The test pipeline itself: each test sees its own spans, all of them, on every flavour.

use tracing::{Instrument as _, info_span};
use tracing_relay::testing::{Pipeline, Traces};

#[tracing_relay::test]
fn a_sync_test_sees_its_spans(traces: Traces) {
    info_span!("outer").in_scope(|| info_span!("inner").in_scope(|| {}));
    assert_eq!(traces.exported(), ["inner", "outer"]);
    assert_eq!(
        traces.span("inner").parent(),
        Some(traces.span("outer").span_id())
    );
}

#[tracing_relay::test]
async fn spans_of_tasks_are_seen_on_a_current_thread_runtime(traces: Traces) {
    spans_of_tasks_are_seen(&traces).await;
}

#[tracing_relay::test(flavor = "multi_thread", worker_threads = 3)]
async fn spans_of_tasks_are_seen_on_a_multi_thread_runtime(traces: Traces) {
    spans_of_tasks_are_seen(&traces).await;
}

/// Spans on the test's thread, in tasks on the workers and on threads for blocking work.
async fn spans_of_tasks_are_seen(traces: &Traces) {
    info_span!("here").in_scope(|| {});
    for _ in 0..10 {
        tokio::spawn(
            async {
                tokio::task::yield_now().await;
                info_span!("inside").in_scope(|| {});
            }
            .instrument(info_span!("task")),
        );
        tokio::task::spawn_blocking(|| info_span!("blocking").in_scope(|| {}));
    }
    traces.wait_for_count("task", 10).await;
    let blocking = traces.wait_for_count("blocking", 10).await;
    assert_eq!(blocking.len(), 10);
    assert_eq!(traces.spans().len(), 31);
    let tasks: Vec<_> = traces
        .spans()
        .into_iter()
        .filter(|span| span.name() == "task")
        .map(|span| span.span_id())
        .collect();
    for span in traces.spans() {
        match span.name() {
            "inside" => assert!(span.parent().is_some_and(|id| tasks.contains(&id))),
            _ => assert_eq!(span.parent(), None),
        }
    }
}

#[test]
fn sixteen_tests_in_one_process_do_not_see_one_another() {
    fn reached_by_all(number: i64) {
        info_span!("shared", number).in_scope(|| {});
    }

    // The callsite is first reached on a thread that has no subscriber at all.
    reached_by_all(-1);
    std::thread::scope(|scope| {
        for number in 0..16 {
            scope.spawn(move || {
                let pipeline = if number % 2 == 0 {
                    Pipeline::new()
                } else {
                    Pipeline::new().worker_threads(2)
                };
                pipeline.run(async |traces| {
                    tokio::spawn(async move { reached_by_all(number) })
                        .await
                        .expect("the task ends");
                    let span = traces.span("shared");
                    assert_eq!(span.attribute("number"), Some(&number.into()));
                });
            });
        }
    });
}
