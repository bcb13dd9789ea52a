//! The functions of `otel` for the annotated function that is running.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanContext, Status as OtelStatus};
use tracing::info_span;
use tracing_relay::testing::{Sampling, Status, Value};
use tracing_relay::{otel, request_span, task, traced};

use super::{events, pipelines, text};

fn linked() -> SpanContext {
    SpanContext::new(
        1.into(),
        2.into(),
        opentelemetry::TraceFlags::SAMPLED,
        false,
        opentelemetry::trace::TraceState::NONE,
    )
}

/// Has no span: it is about the function that calls it.
fn helper() {
    otel::set_attribute("helper", 2);
    otel::add_link(linked(), vec![KeyValue::new("why", "helper")]);
    otel::add_link(SpanContext::NONE, Vec::new());
}

#[test]
fn they_are_about_the_annotated_function_that_is_running() {
    #[traced]
    fn inner() {
        otel::set_attribute("inner", true);
    }
    #[request_span(carrier = none)]
    async fn handle() {
        otel::set_attribute(format!("key.{}", 1), "a");
        helper();
        inner();
        tokio::task::yield_now().await;
        info_span!("theirs").in_scope(|| otel::add_event("inside", vec![KeyValue::new("n", 1)]));
        otel::add_event("after", Vec::new());
        otel::set_status(OtelStatus::error("by hand"));
    }
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            handle().await;
            let span = traces.span("handle");
            assert_eq!(span.attribute("key.1"), Some(&text("a")));
            assert_eq!(span.attribute("helper"), Some(&Value::I64(2)));
            assert_eq!(span.attribute("inner"), None);
            assert_eq!(events(&span), ["inside", "after"]);
            assert_eq!(span.links().len(), 1);
            assert_eq!(span.status(), &Status::Error("by hand".to_owned()));
            let inner = traces.span("inner");
            assert_eq!(inner.attribute("inner"), Some(&Value::Bool(true)));
            assert_eq!(traces.span("theirs").events(), []);
        });
    }
}

#[test]
fn in_a_task_they_are_about_the_span_that_started_it() {
    #[traced]
    async fn spawner() {
        task::spawn(async {
            otel::add_event("task", Vec::new());
            tokio::task::yield_now().await;
            helper();
        })
        .await
        .unwrap();
        task::spawn_thread(|| otel::set_attribute("thread", true))
            .join()
            .unwrap();
        task::detach(async { otel::add_event("detached", Vec::new()) })
            .await
            .unwrap();
    }
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            spawner().await;
            let span = traces.span("spawner");
            assert_eq!(events(&span), ["task"]);
            assert_eq!(span.attribute("helper"), Some(&Value::I64(2)));
            assert_eq!(span.attribute("thread"), Some(&Value::Bool(true)));
        });
    }
}

#[test]
fn they_do_nothing_where_no_span_is_recorded() {
    #[traced]
    fn step() {
        helper();
    }
    for pipeline in pipelines() {
        pipeline.sampling(Sampling::Never).run_sync(|traces| {
            step();
            assert_eq!(traces.exported(), [""; 0]);
        });
    }
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            info_span!("theirs").in_scope(helper);
            let theirs = traces.span("theirs");
            assert_eq!(
                (theirs.attribute("helper"), theirs.links().len()),
                (None, 0)
            );
        });
    }
    helper();
}
