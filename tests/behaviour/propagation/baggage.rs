//! Baggage that a handler sets, and baggage of the OpenTelemetry API.

use opentelemetry::baggage::{BaggageExt as _, KeyValueMetadata};
use opentelemetry::{Context, KeyValue};
use tracing::info_span;
use tracing_relay::testing::Pipeline;
use tracing_relay::{
    Baggage, Extracted, current_baggage, otel, request_span, set_current_baggage, task, traced,
};

use super::{
    BAGGAGE, LEVEL_2, captured, handle, pipelines, pipelines_with_the_api, remote, remote_context,
    step,
};

fn baggage(text: &str) -> Baggage {
    text.parse().expect("baggage")
}

#[request_span]
async fn handle_later(carrier: Extracted) -> [Baggage; 5] {
    let _ = carrier;
    let before = current_baggage();
    assert!(set_current_baggage(baggage("user=alice")));
    let set = current_baggage();
    tokio::task::yield_now().await;
    let after_await = captured().expect("a context").baggage().clone();
    let nested = nested().await;
    let spawned = task::spawn(async {
        tokio::task::yield_now().await;
        step(current_baggage)
    });
    [
        before,
        set,
        after_await,
        nested,
        spawned.await.expect("the task ends"),
    ]
}

/// What is set in here is not seen outside.
#[traced]
async fn nested() -> Baggage {
    let inherited = current_baggage();
    set_current_baggage(baggage("nested=1"));
    tokio::task::yield_now().await;
    let inside = info_span!("theirs").in_scope(current_baggage);
    assert_eq!(inside, baggage("nested=1"));
    inherited
}

#[test]
fn baggage_that_is_set_in_a_handler_goes_everywhere_from_there() {
    for pipeline in pipelines() {
        for pipeline in [pipeline.clone(), pipeline.worker_threads(2)] {
            pipeline.run(async |_| {
                let (first, second) = tokio::join!(
                    handle_later(remote()),
                    handle_later(Extracted::absent().with_baggage(baggage("other=1"))),
                );
                assert_eq!(first[0].to_string(), BAGGAGE);
                assert_eq!(second[0].to_string(), "other=1");
                for seen in first[1..].iter().chain(&second[1..]) {
                    assert_eq!(seen.to_string(), "user=alice");
                }
                assert!(current_baggage().is_empty());
                assert!(!set_current_baggage(baggage("lost=1")));
            });
        }
    }
}

/// OpenTelemetry's baggage has no order, and one entry for each key.
#[test]
fn baggage_of_the_opentelemetry_api_is_captured_with_its_properties() {
    let entry = KeyValueMetadata::new("node", "DF 28", "ttl=3;internal");
    let other = KeyValueMetadata::new("user", "Amélie", "not a property");
    Pipeline::new().run_sync(|_| {
        let context = otel::to_context(&remote_context()).with_baggage([entry, other]);
        let _attached = context.attach();
        let seen = step(current_baggage);
        let mut entries: Vec<_> = seen.entries().iter().map(ToString::to_string).collect();
        entries.sort();
        assert_eq!(entries, ["node=DF%2028;ttl=3;internal", "user=Am%C3%A9lie"]);
    });
}

#[test]
fn baggage_that_the_opentelemetry_api_attaches_counts_until_it_is_detached() {
    for pipeline in pipelines_with_the_api() {
        pipeline.run(async |traces| {
            let task = handle(remote(), || {
                let attached =
                    Context::current_with_baggage([KeyValue::new("user", "alice")]).attach();
                let inside = info_span!("theirs").in_scope(|| step(captured));
                assert_eq!(
                    inside.expect("a context").baggage().to_string(),
                    "user=alice"
                );
                let here = captured().expect("a context");
                assert_eq!(here.baggage().to_string(), "user=alice");
                assert_eq!(here.tracestate().expect("a state").as_str(), LEVEL_2);
                let task = task::spawn(async { (captured(), step(captured)) });
                drop(attached);
                assert_eq!(current_baggage().to_string(), BAGGAGE);
                task
            });
            let (here, inside) = task.await.expect("the task ends");
            let here = here.expect("a context");
            assert_eq!(here.span_id(), traces.span("handle").span_id());
            for sent in [here, inside.expect("a context")] {
                assert_eq!(sent.baggage().to_string(), "user=alice");
            }
            let steps = traces.wait_for_count("step", 2).await;
            assert_eq!(steps[0].parent(), Some(traces.span("theirs").span_id()));
            assert_eq!(steps[1].parent(), Some(traces.span("handle").span_id()));
        });
    }
}

#[test]
fn baggage_of_the_opentelemetry_api_needs_no_span() {
    for pipeline in pipelines() {
        pipeline.run_sync(|traces| {
            let _attached =
                Context::current_with_baggage([KeyValue::new("user", "alice")]).attach();
            assert_eq!(current_baggage().to_string(), "user=alice");
            let sent = handle(Extracted::absent(), captured).expect("a context");
            assert_eq!(sent.baggage().to_string(), "user=alice");
            assert_eq!(traces.span("handle").parent(), None);
        });
    }
}
