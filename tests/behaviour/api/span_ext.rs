//! `otel::SpanExt` on spans of the engine's layer, on the span of `tracing` beside ours, and on spans of
//! tracing-opentelemetry.

use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    SpanContext, Status as OtelStatus, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Array, Context, KeyValue, Value as OtelValue};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Span, info_span};
use tracing_relay::otel::{self, SetParentError, SpanExt as _};
use tracing_relay::testing::{LevelFilter, Pipeline, PipelineEngine, Sampling, Status, Value};
use tracing_relay::{
    Extracted, TraceContext, current_context, current_trace_id, request_span, traced,
};

use super::{ENGINES, events, own, pipelines, text};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

fn remote(flags: &str) -> TraceContext {
    let parent: TraceContext = format!("{PARENT}-{flags}").parse().expect("a context");
    parent
        .with_tracestate(Some("a=b".parse().expect("a state")))
        .with_baggage("user=alice".parse().expect("baggage"))
}

fn linked() -> SpanContext {
    otel::to_context(&remote("01"))
        .span()
        .span_context()
        .clone()
}

fn write_to(span: &Span, then: SystemTime) {
    span.set_attribute("text", "a");
    span.set_attribute("list", OtelValue::Array(Array::I64(vec![1, 2])));
    span.add_event("now", vec![KeyValue::new("n", 1)]);
    span.add_event_with_timestamp("then", then, Vec::new());
    span.add_link(linked());
    span.add_link_with_attributes(linked(), vec![KeyValue::new("why", "batch")]);
    span.add_link(SpanContext::NONE);
    span.set_status(OtelStatus::error("no"));
}

#[test]
fn what_is_said_about_a_span_is_in_it() {
    #[traced]
    fn annotated(then: SystemTime) {
        write_to(&Span::current(), then);
    }
    let then = SystemTime::now() - Duration::from_secs(60);
    for pipeline in pipelines() {
        // The log wants a span of `tracing` beside ours.
        pipeline.capture_logs().run_sync(|traces| {
            annotated(then);
            write_to(&info_span!("before it is entered"), then);
            info_span!("entered").in_scope(|| write_to(&Span::current(), then));
            let span = info_span!("on another thread");
            span.in_scope(|| {});
            std::thread::spawn(move || write_to(&span, then))
                .join()
                .unwrap();
            assert_eq!(traces.spans().len(), 4);
            for span in traces.spans() {
                let name = span.name();
                assert_eq!(span.attribute("text"), Some(&text("a")), "{name}");
                assert_eq!(span.attribute("list"), Some(&Value::from(vec![1, 2])));
                assert_eq!(events(&span), ["now", "then"], "{name}");
                let apart = span.events()[1].time().duration_since(then);
                assert!(apart.unwrap_or_default() < Duration::from_millis(10));
                assert_eq!(span.links().len(), 2, "{name}");
                assert_eq!(span.status(), &Status::Error("no".to_owned()), "{name}");
            }
        });
    }
}

#[test]
fn a_span_that_has_ended_takes_nothing() {
    #[traced]
    fn annotated() -> Span {
        Span::current()
    }
    for pipeline in pipelines() {
        pipeline.capture_logs().run_sync(|traces| {
            let span = annotated();
            write_to(&span, SystemTime::now());
            assert_eq!(events(&traces.span("annotated")), [""; 0]);
        });
    }
}

#[test]
fn spans_that_nobody_records_take_nothing() {
    write_to(&info_span!("nobody"), SystemTime::now());
    assert!(!info_span!("nobody").context().has_active_span());
    for engine in ENGINES {
        let pipeline = Pipeline::new().engine(engine).capture_logs();
        pipeline
            .filter(|metadata| metadata.name() != "hidden")
            .run_sync(|traces| {
                let span = info_span!("hidden");
                write_to(&span, SystemTime::now());
                assert!(!span.context().has_active_span());
                drop(span);
                assert_eq!(traces.exported(), [""; 0]);
            });
    }
}

#[test]
fn a_parent_that_is_set_is_the_parent() {
    #[traced]
    fn inner() {}
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let around = info_span!("around").entered();
            let span = info_span!("request", kept = 1);
            assert_eq!(span.set_parent(otel::to_context(&remote("01"))), Ok(()));
            span.in_scope(|| {
                let here = current_context().expect("a context");
                assert_eq!(here.tracestate().expect("a state").as_str(), "a=b");
                assert_eq!(here.baggage().get("user"), Some("alice"));
                inner();
            });
            drop(span);
            drop(around);
            let span = traces.span("request");
            let parent = remote("01");
            assert_eq!(span.trace_id(), parent.trace_id());
            assert_eq!(span.parent(), Some(parent.span_id()));
            assert!(span.parent_is_remote());
            assert_eq!(span.attribute("kept"), Some(&Value::I64(1)));
            assert_eq!(traces.span("inner").parent(), Some(span.span_id()));
            assert_eq!(traces.span("inner").trace_id(), parent.trace_id());
            assert_ne!(traces.span("around").trace_id(), parent.trace_id());
        });
    }
}

#[test]
fn a_span_without_a_parent_in_the_context_starts_a_trace() {
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let around = info_span!("around").entered();
            let span = info_span!("request");
            assert_eq!(span.set_parent(Context::new()), Ok(()));
            drop(span.entered());
            drop(around);
            let span = traces.span("request");
            assert_eq!(span.parent(), None);
            assert_ne!(span.trace_id(), traces.span("around").trace_id());
        });
    }
}

/// The parent decides whether the span is sampled, and what the span was made with is not lost by that.
#[test]
fn the_parent_that_is_set_decides_on_sampling() {
    for engine in ENGINES {
        let pipeline = Pipeline::new().engine(engine).sampling(Sampling::Parent);
        pipeline.run_sync(|traces| {
            for (around, flags) in [("00", "01"), ("01", "00"), ("01", "01"), ("00", "00")] {
                let attached = otel::to_context(&remote(around)).attach();
                let started = SystemTime::now();
                let span = info_span!("request", kept = 1);
                span.set_attribute("before", true);
                drop(attached);
                assert_eq!(span.set_parent(otel::to_context(&remote(flags))), Ok(()));
                let sampled = flags == "01";
                span.in_scope(|| {
                    let here = current_context().expect("a context");
                    assert_eq!(here.flags().is_sampled(), sampled);
                });
                drop(span);
                if sampled {
                    let span = traces.span("request");
                    assert_eq!(span.attribute("kept"), Some(&Value::I64(1)));
                    assert_eq!(span.attribute("before"), Some(&Value::Bool(true)));
                    let late = span.start().duration_since(started).unwrap_or_default();
                    assert!(late < Duration::from_secs(60), "{late:?}");
                    assert!(span.start() + Duration::from_millis(10) > started);
                }
                assert_eq!(traces.exported().len(), usize::from(sampled));
                traces.clear();
            }
            assert_eq!(traces.open(), [""; 0]);
        });
    }
}

#[test]
fn the_parent_of_a_span_that_has_started_is_not_changed() {
    // On tracing-opentelemetry it depends on the activation when a span starts.
    for activate in [true, false] {
        own().context_activation(activate).run_sync(|traces| {
            let parent = || otel::to_context(&remote("01"));
            let entered = info_span!("entered");
            entered.in_scope(|| {});
            let asked = info_span!("asked");
            assert!(asked.context().has_active_span());
            let with_child = info_span!("with child");
            info_span!(parent: &with_child, "child").in_scope(|| {});
            for span in [entered, asked, with_child] {
                assert_eq!(span.set_parent(parent()), Err(SetParentError::Started));
            }
            for span in traces.spans() {
                assert_ne!(span.trace_id(), remote("01").trace_id(), "{}", span.name());
            }
        });
    }
}

#[test]
fn what_is_wrong_with_setting_a_parent_is_said_with_what_to_do() {
    #[request_span]
    fn annotated(carrier: Extracted) -> SetParentError {
        let _ = carrier;
        // The attribute refuses it where it sees it.
        let set = |span: Span| span.set_parent(Context::new());
        let error = set(Span::current()).expect_err("too late");
        assert_eq!(current_trace_id(), Some(remote("01").trace_id()));
        error
    }
    own().capture_logs().run_sync(|_| {
        let error = annotated(Extracted::valid(remote("01")));
        assert_eq!(error, SetParentError::Annotated);
        assert!(error.to_string().contains("`#[carries_trace]`"), "{error}");
    });
    for engine in ENGINES {
        let pipeline = Pipeline::new().engine(engine);
        let disabled = pipeline.clone().level(LevelFilter::WARN);
        for (pipeline, expected) in [
            (disabled, SetParentError::NotRecorded),
            (pipeline.clone().behind_reload(), SetParentError::NoLayer),
            (
                pipeline.without_opentelemetry().capture_logs(),
                SetParentError::NoLayer,
            ),
        ] {
            let error = pipeline.run_sync(|_| info_span!("request").set_parent(Context::new()));
            assert_eq!(error, Err(expected));
        }
    }
}

#[test]
fn the_context_of_a_span_is_one_below_which_others_can_start() {
    #[traced]
    fn annotated() -> Context {
        Span::current().context()
    }
    let provider = SdkTracerProvider::builder().build();
    let tracer = provider.tracer("library");
    for pipeline in pipelines() {
        pipeline.capture_logs().run_sync(|traces| {
            let span = info_span!("theirs");
            let contexts = [annotated(), span.context()];
            span.set_attribute("after", true);
            contexts[1].span().set_attribute(KeyValue::new("api", 1));
            drop(span);
            for (context, name) in contexts.iter().zip(["annotated", "theirs"]) {
                let exported = traces.span(name);
                let named = context.span().span_context().clone();
                assert_eq!(named.span_id().to_bytes(), exported.span_id().to_bytes());
                assert!(!named.is_remote());
                let attached = context.clone().attach();
                tracer.in_span("api", |context| {
                    let api = context.span().span_context().clone();
                    assert_eq!(api.trace_id(), named.trace_id());
                });
                drop(attached);
            }
            let theirs = traces.span("theirs");
            assert_eq!(theirs.attribute("after"), Some(&Value::Bool(true)));
            assert_eq!(theirs.attribute("api"), Some(&Value::I64(1)));
        });
    }
}

#[test]
fn the_methods_are_those_of_the_engine_also_where_both_traits_are_known() {
    Pipeline::new()
        .engine(PipelineEngine::Own)
        .run_sync(|traces| {
            let span = info_span!("theirs");
            otel::SpanExt::set_attribute(&span, "ours", true);
            tracing_opentelemetry::OpenTelemetrySpanExt::set_attribute(&span, "nothing", true);
            drop(span);
            let span = traces.span("theirs");
            assert_eq!(span.attribute("ours"), Some(&Value::Bool(true)));
            assert_eq!(span.attribute("nothing"), None);
        });
}
