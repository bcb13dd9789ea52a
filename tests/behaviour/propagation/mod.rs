//! What goes out for what came in: flags, `tracestate` and baggage through spans of ours, spans of
//! others between them, and subscribers that hide or disable some of them.

mod baggage;

use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceState, Tracer as _};
use opentelemetry::{Context, SpanId as OtelSpanId};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::info_span;
use tracing_relay::testing::{LevelFilter, Pipeline, PipelineEngine, Sampling, Traces};
use tracing_relay::{
    CarriesTrace as _, Extracted, SpanId, TraceCarrier, TraceContext, current_baggage,
    current_context, otel, request_span, task, traced,
};

const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID: &str = "b7ad6b7169203331";
/// Keys of level 2, which OpenTelemetry refuses as keys of level 1.
const LEVEL_2: &str = "foo@@bar=1,a@b@c=2";
/// What OpenTelemetry's baggage would reorder, decode or lose.
const BAGGAGE: &str = "z=%41;p=q%20r,a=x%2520y,z=2";

/// What a transport delivers.
fn received(flags: &str, tracestate: &str, baggage: &str) -> Extracted {
    let mut headers = http::HeaderMap::new();
    for (name, value) in [
        ("traceparent", &*format!("00-{TRACE_ID}-{SPAN_ID}-{flags}")),
        ("tracestate", tracestate),
        ("baggage", baggage),
    ] {
        headers.insert(name, value.parse().expect("a header value"));
    }
    headers.extract()
}

fn remote() -> Extracted {
    received("01", LEVEL_2, BAGGAGE)
}

fn remote_context() -> TraceContext {
    remote().context().expect("a context").clone()
}

fn captured() -> Option<TraceContext> {
    TraceCarrier::capture().context().cloned()
}

/// The flags of what is sent from here.
fn sent_flags() -> u8 {
    captured().expect("a context").flags().bits()
}

#[request_span]
fn handle<R>(carrier: Extracted, body: impl FnOnce() -> R) -> R {
    let _ = carrier;
    body()
}

#[request_span(level = "debug")]
fn handle_often<R>(carrier: Extracted, body: impl FnOnce() -> R) -> R {
    let _ = carrier;
    body()
}

#[traced]
fn step<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// The subscribers under which a span of ours has a context of its own.
fn pipelines() -> [Pipeline; 4] {
    [
        Pipeline::new(),
        Pipeline::new().context_activation(false),
        Pipeline::new().behind_reload(),
        Pipeline::new().filter(|metadata| metadata.name() != "hidden"),
    ]
}

/// Those in which spans of the OpenTelemetry API are children of ours. On the engine of this crate that is a
/// matter of the activation.
fn pipelines_with_the_api() -> impl Iterator<Item = Pipeline> {
    let own = PipelineEngine::of_the_suite() == PipelineEngine::Own;
    let apart = move |number: usize| own && number == 1;
    pipelines()
        .into_iter()
        .enumerate()
        .filter_map(move |(number, pipeline)| (!apart(number)).then_some(pipeline))
}

#[test]
fn flags_that_have_no_meaning_are_zero_in_what_is_sent() {
    for pipeline in pipelines() {
        pipeline.run_sync(|_| {
            for (flags, sent) in [("01", 1), ("03", 3), ("09", 1), ("ff", 3), ("fd", 1)] {
                handle(received(flags, "", ""), || {
                    assert_eq!(sent_flags(), sent, "{flags}");
                    step(|| assert_eq!(sent_flags(), sent, "{flags}"));
                    info_span!("theirs").in_scope(|| assert_eq!(sent_flags(), sent, "{flags}"));
                });
            }
        });
    }
}

/// The SDK clears the whole byte of a span that it does not sample.
#[test]
fn an_unsampled_parent_is_respected_and_keeps_its_random_flag() {
    for pipeline in pipelines() {
        pipeline.sampling(Sampling::Parent).run_sync(|traces| {
            for (flags, sent) in [("00", 0), ("02", 2), ("fc", 0)] {
                handle(received(flags, LEVEL_2, BAGGAGE), || {
                    assert_eq!(sent_flags(), sent, "{flags}");
                    step(|| assert_eq!(sent_flags(), sent, "{flags}"));
                    let sent = captured().expect("a context");
                    assert_eq!(sent.trace_id().to_string(), TRACE_ID);
                    assert_ne!(sent.span_id().to_string(), SPAN_ID);
                    assert_eq!(sent.tracestate().expect("a state").as_str(), LEVEL_2);
                    assert_eq!(sent.baggage().to_string(), BAGGAGE);
                });
            }
            assert_eq!(traces.exported(), [""; 0]);
        });
    }
}

#[test]
fn a_sampler_that_decides_anew_changes_the_sampled_flag_alone() {
    for (sampling, flags, sent) in [
        (Sampling::Always, "02", 3),
        (Sampling::Never, "03", 2),
        (Sampling::Never, "ff", 2),
    ] {
        Pipeline::new().sampling(sampling).run_sync(|_| {
            handle(received(flags, "", ""), || assert_eq!(sent_flags(), sent));
        });
    }
}

/// Through a span of ours, one of `tracing`, one of the OpenTelemetry API and one of ours again.
#[test]
fn tracestate_and_baggage_survive_spans_of_others_to_the_letter() {
    let provider = SdkTracerProvider::builder().build();
    let tracer = opentelemetry::trace::TracerProvider::tracer(&provider, "library");
    let check = || {
        let sent = captured().expect("a context");
        assert_eq!(sent.trace_id().to_string(), TRACE_ID);
        assert_eq!(sent.tracestate().expect("a state").as_str(), LEVEL_2);
        assert_eq!(sent.baggage().to_string(), BAGGAGE);
        assert!(!sent.is_remote());
        sent.span_id()
    };
    for pipeline in pipelines_with_the_api() {
        pipeline.run_sync(|_| {
            let ids = handle(remote(), || {
                let ours = check();
                info_span!("theirs").in_scope(|| {
                    let theirs = check();
                    tracer.in_span("api", |_| [ours, theirs, check(), step(check)])
                })
            });
            for (index, id) in ids.iter().enumerate() {
                assert!(!ids[..index].contains(id), "{index}: {ids:?}");
            }
        });
    }
}

#[test]
fn a_span_of_tracing_inside_ours_is_what_is_captured() {
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let sent = handle(remote(), || info_span!("theirs").in_scope(captured));
            let theirs = traces.span("theirs");
            assert_eq!(sent.expect("a context").span_id(), theirs.span_id());
            assert_eq!(theirs.parent(), Some(traces.span("handle").span_id()));
        });
    }
}

#[test]
fn ours_is_captured_again_behind_a_span_of_tracing() {
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let (before, inside, after) = handle(remote(), || {
                let before = captured();
                let inside = info_span!("theirs").in_scope(|| step(captured));
                (before, inside, captured())
            });
            assert_eq!(before, after);
            let step = traces.span("step");
            assert_eq!(step.parent(), Some(traces.span("theirs").span_id()));
            assert_eq!(inside.expect("a context").span_id(), step.span_id());
        });
    }
}

#[test]
fn a_span_of_the_opentelemetry_api_inside_ours_is_what_is_captured() {
    let provider = SdkTracerProvider::builder().build();
    let tracer = opentelemetry::trace::TracerProvider::tracer(&provider, "library");
    for pipeline in pipelines_with_the_api() {
        pipeline.run_sync(|traces| {
            handle(remote(), || {
                tracer.in_span("api", |context| {
                    let api = context.span().span_context().span_id().to_bytes();
                    let sent = captured().expect("a context");
                    assert_eq!(sent.span_id().to_bytes(), api);
                    step(|| {});
                    assert_eq!(traces.span("step").parent(), SpanId::from_bytes(api));
                });
            });
            assert!(!traces.span("step").parent_is_remote());
        });
    }
}

#[test]
fn a_span_of_tracing_is_what_a_task_inside_it_captures() {
    for pipeline in pipelines() {
        pipeline.run(async |traces| {
            let task = handle(remote(), || {
                info_span!("theirs")
                    .in_scope(|| task::spawn(async { (captured(), step(captured)) }))
            });
            let (sent, inner) = task.await.expect("the task ends");
            let step = traces.span("step");
            assert_eq!(inner.expect("a context").span_id(), step.span_id());
            assert_eq!(step.parent(), Some(sent.expect("a context").span_id()));
            assert_eq!(step.parent(), Some(traces.span("theirs").span_id()));
        });
    }
}

/// A filter may show a span to the log and hide it from the OpenTelemetry layer.
#[test]
fn a_span_that_opentelemetry_does_not_see_sends_on_what_was_received() {
    for activate in [true, false] {
        let pipeline = Pipeline::new()
            .context_activation(activate)
            .filter(|metadata| metadata.name() != "handle");
        pipeline.run_sync(|traces| {
            let inside = handle(received("fd", LEVEL_2, BAGGAGE), || {
                let sent = captured().expect("a context");
                assert_eq!(&sent, received("fd", LEVEL_2, BAGGAGE).context().unwrap());
                info_span!("theirs").in_scope(captured)
            });
            assert_eq!(traces.exported(), ["theirs"]);
            let theirs = traces.span("theirs");
            assert_eq!(theirs.parent().expect("a parent").to_string(), SPAN_ID);
            assert!(theirs.parent_is_remote());
            let inside = inside.expect("a context");
            assert_eq!(inside.span_id(), theirs.span_id());
            assert_eq!(inside.flags().bits(), 1);
            assert_eq!(inside.baggage().to_string(), BAGGAGE);
        });
    }
}

/// S17: the level disables the span of a frequent message, and its carrier still arrives.
#[test]
fn a_span_that_is_disabled_by_level_sends_on_what_was_received() {
    let pipelines = [
        Pipeline::new(),
        Pipeline::new().context_activation(false),
        Pipeline::new().behind_reload(),
    ];
    for pipeline in pipelines {
        pipeline.level(LevelFilter::INFO).run_sync(|traces| {
            handle_often(remote(), || {
                assert_eq!(captured(), Some(remote_context()));
                assert_eq!(current_baggage().to_string(), BAGGAGE);
                step(|| {});
                info_span!("theirs").in_scope(|| {});
            });
            assert_eq!(traces.exported(), ["step", "theirs"]);
            for span in traces.spans() {
                assert_eq!(span.trace_id().to_string(), TRACE_ID);
                assert_eq!(span.parent().expect("a parent").to_string(), SPAN_ID);
                assert!(span.parent_is_remote());
            }
            assert_eq!(captured(), None);
        });
    }
}

/// The same inside a span of the consumer, which is not the one that sent.
#[test]
fn a_disabled_span_hides_the_span_around_it_from_what_is_inside() {
    for pipeline in [Pipeline::new(), Pipeline::new().behind_reload()] {
        pipeline.level(LevelFilter::INFO).run_sync(|traces| {
            info_span!("consumer").in_scope(|| {
                handle_often(remote(), || {
                    assert_eq!(captured(), Some(remote_context()));
                    step(|| {});
                    info_span!("theirs").in_scope(|| {});
                });
                assert_ne!(
                    captured().expect("a context").trace_id().to_string(),
                    TRACE_ID
                );
            });
            for name in ["step", "theirs"] {
                assert_eq!(traces.span(name).trace_id().to_string(), TRACE_ID, "{name}");
            }
        });
    }
}

/// S19: nothing is lost and nothing is made up.
#[test]
fn without_a_subscriber_what_came_in_goes_out() {
    for pipeline in [
        Pipeline::new().without_subscriber(),
        Pipeline::new().without_opentelemetry(),
    ] {
        pipeline.run(async |traces| {
            handle(Extracted::absent(), || {
                assert_eq!(captured(), None);
                step(|| assert_eq!(captured(), None));
            });
            let received = received("fd", LEVEL_2, BAGGAGE);
            let task = handle(received.clone(), || {
                assert_eq!(captured().as_ref(), received.context());
                step(|| assert_eq!(captured().as_ref(), received.context()));
                task::spawn(async { step(captured) })
            });
            assert_eq!(
                task.await.expect("the task ends").as_ref(),
                received.context()
            );
            assert_eq!(current_context(), None);
            assert_eq!(traces.exported(), [""; 0]);
        });
    }
}

#[test]
fn code_on_the_opentelemetry_api_sees_what_was_received() {
    Pipeline::new().run_sync(|_| {
        handle(received("03", "rojo=1", "node=DF%2028;ttl=3"), || {
            let context = Context::current();
            let (value, properties) = context.baggage().get_with_metadata("node").expect("node");
            assert_eq!((value.as_str(), properties.as_str()), ("DF 28", "ttl=3"));
            assert_eq!(
                context.span().span_context().trace_state().header(),
                "rojo=1"
            );
        });
    });
}

#[test]
fn a_context_goes_through_opentelemetry_and_back_unchanged() {
    for flags in ["00", "01", "02", "fd"] {
        let received = received(flags, LEVEL_2, BAGGAGE);
        let context = received.context().expect("a context");
        let back = otel::from_context(&otel::to_context(context)).expect("a context");
        assert_eq!(&back, context);
        assert!(back.is_remote());
    }
}

/// A span of this process whose sampler has put a member into the state.
fn changed_by_a_sampler(received: &Extracted, state: TraceState) -> TraceContext {
    let context = otel::to_context(received.context().expect("a context"));
    let parent = context.span().span_context().clone();
    let span = SpanContext::new(
        parent.trace_id(),
        OtelSpanId::from_bytes([7; 8]),
        parent.trace_flags(),
        false,
        state,
    );
    otel::from_context(&context.with_remote_span_context(span)).expect("a context")
}

#[test]
fn a_member_that_a_sampler_adds_is_sent_before_the_received_ones() {
    for (state, sent) in [
        ("rojo=1", "ot=th:8,rojo=1"),
        (LEVEL_2, "ot=th:8,foo@@bar=1,a@b@c=2"),
    ] {
        let received = received("01", state, "");
        let known: TraceState = state.parse().unwrap_or_default();
        let state = known.insert("ot", "th:8").expect("a member");
        let context = changed_by_a_sampler(&received, state);
        assert_eq!(context.tracestate().expect("a state").as_str(), sent);
    }
}

/// OpenTelemetry allows values in a state that end a header line.
#[test]
fn a_state_that_cannot_be_sent_is_left_out() {
    let state = TraceState::from_key_value([("ot", "a\r\nset-cookie: b")]).expect("their grammar");
    let context = changed_by_a_sampler(&received("01", "", ""), state);
    assert_eq!(context.tracestate(), None);
}

#[tracing_relay::test]
fn a_trace_of_another_is_not_mixed_with_what_was_received(traces: Traces) {
    let sent = handle(remote(), || {
        info_span!(parent: None, "root")
            .in_scope(captured)
            .expect("a context")
    });
    let root = traces.span("root");
    assert_eq!(
        (sent.trace_id(), sent.span_id()),
        (root.trace_id(), root.span_id())
    );
    assert_ne!(sent.trace_id().to_string(), TRACE_ID);
    assert_eq!(sent.tracestate(), None);
    assert!(sent.baggage().is_empty());
}
