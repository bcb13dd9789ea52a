//! A span of ours as the active span of OpenTelemetry's current context.

use std::io;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{
    SpanContext, Status as OtelStatus, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Array, Context, KeyValue, SpanId as OtelSpanId, Value as OtelValue};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing::{info, info_span};
use tracing_relay::testing::{Pipeline, Sampling, Span, Status, Traces, Value};
use tracing_relay::{current_context, traced};

use super::{ENGINES, events, own, text};

#[traced]
fn step<R>(body: impl FnOnce() -> R) -> R {
    body()
}

#[traced]
fn annotated(body: impl FnOnce()) {
    body();
}

#[traced]
fn failing() -> Result<(), io::Error> {
    Context::map_current(|context| context.span().set_status(OtelStatus::error("by hand")));
    Err(io::Error::other("no"))
}

/// Runs `body` in a span of an attribute, and in one of `tracing`.
fn in_both_kinds(traces: &Traces, body: impl Fn()) -> [Span; 2] {
    annotated(&body);
    info_span!("theirs").in_scope(&body);
    [traces.span("annotated"), traces.span("theirs")]
}

fn span_id() -> OtelSpanId {
    Context::map_current(|context| context.span().span_context().span_id())
}

#[test]
fn the_active_span_is_the_one_that_runs() {
    for engine in ENGINES {
        Pipeline::new().engine(engine).run_sync(|traces| {
            let spans = in_both_kinds(&traces, || {
                let context = Context::current();
                let active = context.span();
                let ours = current_context().expect("a context");
                let theirs = active.span_context();
                assert_eq!(theirs.span_id().to_bytes(), ours.span_id().to_bytes());
                assert_eq!(theirs.trace_id().to_bytes(), ours.trace_id().to_bytes());
                assert_eq!(theirs.trace_flags().to_u8(), ours.flags().bits());
                assert!(!theirs.is_remote());
                assert!(active.is_recording());
            });
            assert_eq!(spans.map(|span| span.parent()), [None, None]);
            assert!(!Context::current().has_active_span());
        });
    }
}

#[test]
fn what_is_done_through_the_api_is_in_the_span() {
    let linked = SpanContext::new(
        1.into(),
        2.into(),
        opentelemetry::TraceFlags::SAMPLED,
        true,
        "a=b".parse().expect("a state"),
    );
    let then = SystemTime::now() - Duration::from_secs(3_600);
    for engine in ENGINES {
        Pipeline::new().engine(engine).run_sync(|traces| {
            let spans = in_both_kinds(&traces, || {
                let context = Context::current();
                let span = context.span();
                span.set_attribute(KeyValue::new("text", "a"));
                span.set_attributes([KeyValue::new("number", 7), KeyValue::new("half", 0.5)]);
                let list = Array::String(vec!["x".into(), "y".into()]);
                span.set_attribute(KeyValue::new("list", OtelValue::Array(list)));
                span.add_event("now", vec![KeyValue::new("flag", true)]);
                span.add_event_with_timestamp("then", then, Vec::new());
                span.record_error(&io::Error::other("boom"));
                span.add_link(linked.clone(), vec![KeyValue::new("why", "batch")]);
                span.set_status(OtelStatus::error("no"));
                span.set_status(OtelStatus::Ok);
                span.set_status(OtelStatus::error("too late"));
            });
            for span in spans {
                assert_eq!(span.attribute("text"), Some(&text("a")));
                assert_eq!(span.attribute("number"), Some(&Value::I64(7)));
                assert_eq!(span.attribute("half"), Some(&Value::F64(0.5)));
                assert_eq!(span.attribute("list"), Some(&Value::from(vec!["x", "y"])));
                assert_eq!(events(&span), ["now", "then", "exception"]);
                let [now, before, error] = span.events() else {
                    panic!("{:?}", span.events());
                };
                assert_eq!(now.attributes(), [("flag".to_owned(), true.into())]);
                assert!(now.time() >= span.start() && now.time() <= span.end());
                let apart = before.time().duration_since(then).unwrap_or_default();
                assert!(apart < Duration::from_millis(10), "{apart:?}");
                assert_eq!(
                    error.attributes(),
                    [("exception.message".to_owned(), "boom".into())]
                );
                let [link] = span.links() else {
                    panic!("{:?}", span.links());
                };
                assert!(link.context().is_remote());
                assert_eq!(link.context().tracestate().unwrap().as_str(), "a=b");
                assert_eq!(link.attributes(), [("why".to_owned(), "batch".into())]);
                assert_eq!(span.status(), &Status::Ok);
            }
        });
    }
}

#[test]
fn a_span_is_renamed_through_the_api_and_not_ended() {
    own().run_sync(|traces| {
        let body = || {
            Context::map_current(|context| {
                context.span().update_name("renamed");
                context.span().end();
                assert!(context.span().is_recording());
            });
            assert_eq!(traces.exported(), [""; 0]);
        };
        step(body);
        assert_eq!(traces.exported(), ["renamed"]);
        traces.clear();
        info_span!("theirs").in_scope(body);
        assert_eq!(traces.exported(), ["renamed"]);
    });
}

#[test]
fn a_failure_without_a_text_keeps_the_description_that_is_there() {
    for engine in ENGINES {
        Pipeline::new().engine(engine).run_sync(|traces| {
            assert!(failing().is_err());
            assert_eq!(
                traces.span("failing").status(),
                &Status::Error("by hand".to_owned())
            );
        });
    }
}

#[test]
fn events_of_tracing_and_of_the_api_are_in_the_order_of_the_calls() {
    for engine in ENGINES {
        Pipeline::new().engine(engine).run_sync(|traces| {
            let spans = in_both_kinds(&traces, || {
                let api = |name: &'static str| {
                    Context::map_current(|context| context.span().add_event(name, Vec::new()));
                };
                info!("1");
                api("2");
                api("3");
                info!("4");
                api("5");
            });
            for span in spans {
                assert_eq!(events(&span), ["1", "2", "3", "4", "5"]);
            }
        });
    }
}

#[test]
fn a_context_that_is_kept_knows_that_its_span_has_ended() {
    own().run_sync(|traces| {
        let kept = [
            step(Context::current),
            info_span!("kept").in_scope(Context::current),
        ];
        for context in kept {
            let span = context.span();
            assert!(!span.is_recording());
            span.set_attribute(KeyValue::new("late", true));
            span.add_event("late", Vec::new());
        }
        // What is used again starts empty.
        for span in in_both_kinds(&traces, || info!("first")) {
            assert_eq!(events(&span), ["first"]);
            assert_eq!(span.attribute("late"), None);
        }
    });
}

#[test]
fn a_span_that_is_not_sampled_is_active_and_records_nothing() {
    for activate in [true, false] {
        let pipeline = own().sampling(Sampling::Never).context_activation(activate);
        pipeline.run_sync(|traces| {
            let body = || {
                let ours = current_context().expect("a context");
                Context::map_current(|context| {
                    let span = context.span();
                    assert_eq!(context.has_active_span(), activate);
                    assert!(!span.is_recording());
                    assert!(!span.span_context().is_sampled());
                    if activate {
                        let active = span.span_context().span_id().to_bytes();
                        assert_eq!(active, ours.span_id().to_bytes());
                    }
                });
            };
            step(body);
            info_span!("theirs").in_scope(body);
            assert_eq!(traces.exported(), [""; 0]);
        });
    }
}

#[test]
fn without_activation_opentelemetry_knows_nothing_of_our_spans() {
    own().context_activation(false).run_sync(|traces| {
        let spans = in_both_kinds(&traces, || {
            assert!(!Context::current().has_active_span());
            step(|| assert!(!Context::current().has_active_span()));
        });
        assert_eq!(spans.map(|span| span.parent()), [None, None]);
    });
}

#[test]
fn a_span_is_active_at_each_poll_and_not_between_them() {
    #[traced]
    async fn polled() -> [OtelSpanId; 2] {
        let before = span_id();
        Context::map_current(|context| context.span().add_event("before", Vec::new()));
        tokio::task::yield_now().await;
        Context::map_current(|context| context.span().add_event("after", Vec::new()));
        [before, span_id()]
    }
    for engine in ENGINES {
        let pipeline = Pipeline::new().engine(engine);
        for pipeline in [pipeline.clone(), pipeline.worker_threads(2)] {
            pipeline.run(async |traces| {
                let other = async {
                    for _ in 0..3 {
                        assert_eq!(span_id(), OtelSpanId::INVALID);
                        tokio::task::yield_now().await;
                    }
                };
                let (first, second, ()) = tokio::join!(polled(), polled(), other);
                assert_eq!((first[0], second[0]), (first[1], second[1]));
                assert_ne!(first, second);
                for span in traces.spans() {
                    assert_eq!(events(&span), ["before", "after"]);
                }
            });
        }
    }
}

#[test]
fn spans_of_the_api_and_ours_are_each_others_children() {
    for engine in ENGINES {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(exporter.clone())
            .build();
        let tracer = provider.tracer("library");
        let boxed = BoxedTracer::new(Box::new(provider.tracer("library")));
        Pipeline::new().engine(engine).run_sync(|traces| {
            let inner = || {
                tracer.in_span("api", |_| {
                    step(|| boxed.in_span("boxed", |_| info_span!("innermost").in_scope(|| {})));
                });
            };
            step(|| info_span!("theirs").in_scope(inner));
            let id = |name: &str| {
                let exported = exporter.get_finished_spans().expect("an exporter");
                let span = exported.iter().find(|span| span.name == name);
                let span = span.expect("the span was exported");
                (
                    span.span_context.span_id().to_bytes(),
                    span.parent_span_id.to_bytes(),
                )
            };
            let steps: Vec<_> = traces.spans();
            let [innermost, inner, theirs, outer] = &steps[..] else {
                panic!("{:?}", traces.exported());
            };
            assert_eq!(theirs.parent(), Some(outer.span_id()));
            assert_eq!(id("api").1, theirs.span_id().to_bytes());
            assert_eq!(inner.parent().unwrap().to_bytes(), id("api").0);
            assert_eq!(id("boxed").1, inner.span_id().to_bytes());
            assert_eq!(innermost.parent().unwrap().to_bytes(), id("boxed").0);
            assert!(!innermost.parent_is_remote());
        });
    }
}

/// It would be exported in turn, and never come to an end.
#[test]
fn the_work_of_an_exporter_is_not_traced() {
    for engine in ENGINES {
        Pipeline::new().engine(engine).run_sync(|traces| {
            let suppressed = Context::enter_telemetry_suppressed_scope();
            info_span!("request of the exporter").in_scope(|| info!("sent"));
            drop(suppressed);
            info_span!("theirs").in_scope(|| {});
            assert_eq!(traces.exported(), ["theirs"]);
        });
    }
}

#[test]
fn values_of_the_context_are_seen_inside_our_spans() {
    #[derive(Debug, PartialEq)]
    struct Tenant(u32);
    for engine in ENGINES {
        Pipeline::new().engine(engine).run_sync(|traces| {
            let attached = Context::current_with_value(Tenant(7)).attach();
            let spans = in_both_kinds(&traces, || {
                step(|| assert_eq!(Context::current().get(), Some(&Tenant(7))));
            });
            drop(attached);
            assert_eq!(spans.map(|span| span.parent()), [None, None]);
        });
    }
}

/// No event is lost, none comes twice, and none is in the next span.
#[test]
fn threads_write_to_a_span_at_the_same_time_and_while_it_ends() {
    own().run_sync(|traces| {
        for _ in 0..20 {
            let threads: Vec<_> = step(|| {
                let (wrote, written) = mpsc::channel();
                let threads: Vec<_> = (0..4)
                    .map(|_| {
                        let context = Context::current();
                        let wrote = wrote.clone();
                        std::thread::spawn(move || {
                            let mut number = 0;
                            while context.span().is_recording() {
                                context.span().set_attribute(KeyValue::new("n", number));
                                context.span().set_status(OtelStatus::error("busy"));
                                number += 1;
                                let _ = wrote.send(());
                            }
                        })
                    })
                    .collect();
                written.recv().expect("a thread writes");
                for _ in 0..10 {
                    info!("here");
                }
                threads
            });
            for thread in threads {
                thread.join().expect("the thread ends");
            }
            let span = traces.span("step");
            assert_eq!(events(&span), ["here"; 10]);
            assert_eq!(span.status(), &Status::Error("busy".to_owned()));
            traces.clear();
            step(|| {});
            assert_eq!(traces.span("step").status(), &Status::Unset);
            traces.clear();
        }
    });
}
