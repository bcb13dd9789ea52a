//! The test pipeline itself: each test sees its own spans, all of them, on every flavour.

use std::time::SystemTime;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use tracing::{Instrument as _, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_relay::assert_trace;
use tracing_relay::testing::{Kind, Pipeline, PipelineEngine, Sampling, Status, Traces};

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

#[tracing_relay::test]
fn a_thread_without_subscriber_does_not_disable_a_callsite_for_the_test(traces: Traces) {
    fn reached_first_elsewhere() {
        info_span!("work").in_scope(|| {});
    }

    std::thread::spawn(reached_first_elsewhere)
        .join()
        .expect("the thread ends");
    reached_first_elsewhere();
    assert_trace!(traces, "internal work");
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

mod forms {
    //! What a test can look like, under this workspace's lints.

    use std::num::ParseIntError;

    use tracing_relay::testing::{Pipeline, Traces};

    #[tracing_relay::test]
    fn sync() -> Result<(), ParseIntError> {
        assert_eq!("1".parse::<usize>()?, 1);
        Ok(())
    }

    #[tracing_relay::test]
    async fn without_a_parameter() {
        assert!(tokio::runtime::Handle::try_current().is_ok());
    }

    #[tracing_relay::test(
        flavor = "multi_thread",
        worker_threads = 2,
        ids = "sequential",
        sampling = "parent",
        level = "info",
        logs = true
    )]
    async fn every_option(traces: Traces) -> Result<(), ParseIntError> {
        let workers = tokio::runtime::Handle::current().metrics().num_workers();
        assert_eq!(workers, "2".parse::<usize>()?);
        tracing::debug_span!("filtered").in_scope(|| {});
        tracing::info_span!("kept").in_scope(|| tracing::info!("written"));
        let kept = traces.span("kept");
        assert_eq!(kept.span_id().to_string(), "0000000000000001");
        assert_eq!(
            kept.trace_id().to_string(),
            "00000000000000000000000000000001"
        );
        assert_eq!(
            traces.logs(),
            " INFO kept: behaviour::testing::forms: written\n"
        );
        assert_eq!(traces.exported(), ["kept"]);
        Ok(())
    }

    #[tracing_relay::test(pipeline = Pipeline::new().sequential_ids(), crate = ::tracing_relay,)]
    async fn a_pipeline_of_its_own(mut traces: Traces) {
        traces = traces.clone();
        tracing::info_span!("work").in_scope(|| {});
        assert_eq!(
            traces.span("work").span_id().to_string(),
            "0000000000000001"
        );
    }

    #[tracing_relay::test]
    #[should_panic(
        expected = "no span `late` was exported\nexported: [\"early\"]\nopen: [\"late\"]"
    )]
    async fn other_attributes_stay(traces: Traces) {
        tracing::info_span!("early").in_scope(|| {});
        let late = tracing::info_span!("late");
        late.in_scope(|| traces.span("late"));
    }
}

#[test]
fn an_unsampled_pipeline_exports_nothing_and_still_has_contexts() {
    Pipeline::new()
        .sampling(Sampling::Never)
        .run_sync(|traces| {
            info_span!("work").in_scope(|| {
                let context = opentelemetry::Context::current();
                let span = context.span();
                assert!(span.span_context().is_valid());
                assert!(!span.span_context().is_sampled());
            });
            assert_trace!(traces, "");
        });
}

#[test]
fn sampling_by_parent_respects_an_unsampled_parent() {
    for (flags, exported) in [(TraceFlags::default(), 0), (TraceFlags::SAMPLED, 1)] {
        Pipeline::new()
            .engine(PipelineEngine::TracingOpentelemetry)
            .sampling(Sampling::Parent)
            .run_sync(|traces| {
                let span = info_span!("handle");
                let parent = SpanContext::new(
                    TraceId::from(1),
                    SpanId::from(2),
                    flags,
                    true,
                    TraceState::from_key_value([("vendor", "1")]).expect("valid"),
                );
                span.set_parent(opentelemetry::Context::new().with_remote_span_context(parent))
                    .expect("not started");
                span.in_scope(|| {});
                drop(span);
                assert_eq!(traces.spans().len(), exported);
                for span in traces.spans() {
                    assert!(span.parent_is_remote());
                    assert!(span.context().flags().is_sampled());
                    let tracestate = span.context().tracestate().map(ToString::to_string);
                    assert_eq!(tracestate.as_deref(), Some("vendor=1"));
                }
            });
    }
}

#[test]
fn the_layer_is_hidden_by_reload_and_seen_without() {
    fn parent_is_set() -> bool {
        let span = info_span!("handle");
        let parent = opentelemetry::Context::new();
        span.set_parent(parent).is_ok()
    }

    let pipeline = Pipeline::new().engine(PipelineEngine::TracingOpentelemetry);
    assert!(pipeline.clone().run_sync(|_| parent_is_set()));
    pipeline.behind_reload().run_sync(|traces| {
        assert!(!parent_is_set());
        assert_eq!(traces.exported(), ["handle"]);
    });
    Pipeline::new()
        .behind_reload()
        .filter(|metadata| metadata.name() != "noise")
        .run_sync(|traces| {
            info_span!("noise").in_scope(|| info_span!("work").in_scope(|| {}));
            assert_trace!(traces, "internal work");
        });
}

#[test]
fn context_activation_can_be_off() {
    for activate in [true, false] {
        Pipeline::new().context_activation(activate).run_sync(|_| {
            let active =
                info_span!("work").in_scope(|| opentelemetry::Context::current().has_active_span());
            assert_eq!(active, activate);
        });
    }
}

#[test]
fn a_program_without_opentelemetry_or_subscriber_can_be_played() {
    Pipeline::new()
        .without_opentelemetry()
        .capture_logs()
        .run_sync(|traces| {
            assert!(!info_span!("work").is_disabled());
            info_span!("work", size = 1).in_scope(|| tracing::warn!("seen"));
            assert!(
                traces
                    .logs()
                    .ends_with("work{size=1}: behaviour::testing: seen\n")
            );
            assert_trace!(traces, "");
        });
    // Inside another pipeline, which must not be seen either.
    Pipeline::new().run_sync(|outer| {
        Pipeline::new().without_subscriber().run_sync(|_| {
            assert!(info_span!("work").is_disabled());
        });
        assert_trace!(outer, "");
    });
}

#[tracing_relay::test(flavor = "multi_thread", ids = "sequential")]
async fn sequential_ids_are_unique_on_all_threads(traces: Traces) {
    let tasks = (0..100).map(|_| tokio::spawn(async { info_span!("task").in_scope(|| {}) }));
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("the task ends");
    }
    let mut ids: Vec<_> = traces
        .spans()
        .iter()
        .map(|span| span.span_id().to_string())
        .collect();
    ids.sort_unstable();
    let counted: Vec<_> = (1..=100).map(|number| format!("{number:016x}")).collect();
    assert_eq!(ids, counted);
}

#[tracing_relay::test]
async fn a_panic_in_the_tested_code_leaves_its_spans(traces: Traces) {
    let task = tokio::spawn(async { info_span!("work").in_scope(|| panic!("on purpose")) });
    assert!(task.await.expect_err("it panicked").is_panic());
    assert_trace!(traces, "internal work");
}

#[test]
fn what_is_still_running_at_the_end_is_dropped_within_the_pipeline() {
    struct Late;

    impl Drop for Late {
        fn drop(&mut self) {
            info_span!("late").in_scope(|| {});
        }
    }

    for pipeline in [Pipeline::new(), Pipeline::new().worker_threads(2)] {
        let traces = pipeline.run(async |traces| {
            let (started, start) = tokio::sync::oneshot::channel();
            tokio::spawn(async move {
                let _late = Late;
                started.send(()).expect("the test waits");
                std::future::pending::<()>().await;
            });
            start.await.expect("the task starts");
            assert_trace!(traces, "");
            traces
        });
        assert_trace!(traces, "internal late");
    }
}

#[tracing_relay::test]
async fn waiting_ends_with_the_export(traces: Traces) {
    let (start, started) = tokio::sync::oneshot::channel();
    let worker = std::thread::spawn({
        let traces = traces.clone();
        move || {
            let _attached = traces.attach();
            let work = info_span!("work");
            started.blocking_recv().expect("told to go on");
            work.in_scope(|| {});
        }
    });
    let waiting = traces.wait_for("work");
    let told = async { start.send(()).expect("the thread waits") };
    let (span, ()) = tokio::join!(waiting, told);
    assert_eq!(span.name(), "work");
    // What was exported before is there at once.
    assert_eq!(traces.wait_for("work").await, span);
    worker.join().expect("the thread ends");
    traces.clear();
    assert_eq!(traces.exported(), [""; 0]);
}

#[tracing_relay::test]
#[should_panic(expected = "waited 10 seconds for 2 of span `work`\nexported: [\"work\"]\nopen: []")]
async fn waiting_for_what_does_not_come_ends_too(traces: Traces) {
    info_span!("work").in_scope(|| {});
    tokio::time::pause();
    traces.wait_for_count("work", 2).await;
}

#[tracing_relay::test]
#[should_panic(expected = "of client 7: the exported spans (+) are not the expected ones (-)")]
fn a_failed_assertion_has_the_message_of_the_test(traces: Traces) {
    info_span!("work").in_scope(|| {});
    assert_trace!(traces, "server work", "of client {}", 7);
}

#[tracing_relay::test]
fn everything_of_a_span_can_be_read(traces: Traces) {
    let before = SystemTime::now();
    let linked = info_span!("linked");
    let span = info_span!(
        "work",
        otel.kind = "consumer",
        text = "t",
        count = 3,
        ratio = 0.5,
        on = true
    );
    span.follows_from(&linked);
    span.in_scope(|| {
        tracing::info!(size = 2, "step");
        let context = opentelemetry::Context::current();
        let list = opentelemetry::Array::String(vec!["a".into(), "b".into()]);
        context.span().set_attribute(opentelemetry::KeyValue::new(
            "list",
            opentelemetry::Value::Array(list),
        ));
        context.span().set_status(opentelemetry::trace::Status::Ok);
    });
    drop((span, linked));

    let span = traces.span("work");
    assert_eq!(span.kind(), Kind::Consumer);
    assert_eq!(span.status(), &Status::Ok);
    assert_eq!(span.outcome(), None);
    assert_eq!(span.parent(), None);
    assert!(!span.parent_is_remote());
    assert_eq!(span.trace_id(), span.context().trace_id());
    assert_eq!(span.tracer(), "tracing-relay-testing");
    assert!(before <= span.start() && span.start() <= span.end());
    assert_eq!(span.attribute("text"), Some(&"t".into()));
    assert_eq!(span.attribute("count"), Some(&3.into()));
    assert_eq!(span.attribute("ratio"), Some(&0.5.into()));
    assert_eq!(span.attribute("on"), Some(&true.into()));
    assert_eq!(span.attribute("list"), Some(&vec!["a", "b"].into()));
    assert_eq!(span.attribute("not there"), None);
    assert!(span.attributes().iter().any(|(key, _)| key == "text"));
    let [event] = span.events() else {
        panic!("one event: {:?}", span.events())
    };
    assert_eq!(event.name(), "step");
    assert!(event.attributes().contains(&("size".to_owned(), 2.into())));
    assert!(span.start() <= event.time() && event.time() <= span.end());
    let [link] = span.links() else {
        panic!("one link: {:?}", span.links())
    };
    assert_eq!(link.context(), traces.span("linked").context());
    assert!(link.attributes().is_empty());
    assert_trace!(
        traces,
        r#"
        internal linked

        consumer work ~> linked {text="t", count=3, ratio=0.5, on=true, list=["a", "b"]} ok
        "#
    );
}
