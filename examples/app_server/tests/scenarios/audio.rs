//! S17: what comes too often for a span each.

use app_server::core::SEGMENT;
use serde_json::json;
use tracing_relay::testing::{Pipeline, Span, Traces};
use tracing_subscriber::filter::LevelFilter;

use super::support::{self, Parts, result, tp};

/// A talk of one segment and one piece of sound, each piece from a trace of its own.
async fn talk(traces: Traces) -> Traces {
    let (parts, _) = Parts::obedient();
    let mut connection = parts.connect(1);
    let thread = connection.start_thread().await;
    let params = json!({"threadId": thread});
    result(
        &connection
            .call("thread/realtime/start", params.clone())
            .await,
    );
    for number in 1..=SEGMENT + 1 {
        let request = json!({
            "id": number,
            "method": "thread/realtime/appendAudio",
            "params": {"threadId": thread, "audio": "AAAA"},
            "trace": {"traceparent": tp(number as u64, 100)},
        });
        result(&connection.ask(&request).await);
    }
    result(&connection.call("thread/realtime/stop", params).await);
    connection.close().await;
    traces
}

/// The segments that were understood, the first one first, and what was requested in their traces.
fn segments(traces: &Traces) -> Vec<(Span, Span)> {
    let spans = traces.spans();
    let segments = spans.iter().filter(|span| span.name() == "speech_segment");
    segments
        .map(|segment| {
            let of_request = |span: &&Span| {
                span.trace_id() == segment.trace_id() && span.name().starts_with("thread/")
            };
            let request = spans.iter().find(of_request).expect("the request");
            (segment.clone(), request.clone())
        })
        .collect()
}

fn run(workers: Option<usize>, level: LevelFilter) -> Traces {
    let mut pipeline = Pipeline::new().level(level);
    if let Some(workers) = workers {
        pipeline = pipeline.worker_threads(workers);
    }
    pipeline.run(talk)
}

#[test]
fn s17_below_its_level_a_dispatch_has_no_span_and_hands_the_sender_s_on() {
    for workers in [None, Some(2), Some(4)] {
        let traces = run(workers, LevelFilter::INFO);
        let names = traces.exported();
        assert!(!names.contains(&"op.dispatch.realtime_audio".to_owned()));
        let segments = segments(&traces);
        let [(first, request), (rest, _)] = &segments[..] else {
            panic!("{names:?}");
        };
        let sender = support::context(SEGMENT as u64, 100);
        assert_eq!(first.trace_id(), sender.trace_id());
        assert_eq!(request.name(), "thread/realtime/appendAudio");
        assert_eq!(first.parent(), Some(request.span_id()));
        let stop = traces.span("op.dispatch.realtime_stop");
        assert_eq!(rest.parent(), Some(stop.span_id()));
    }
}

#[test]
fn s17_at_its_level_a_dispatch_is_in_between() {
    for workers in [None, Some(2), Some(4)] {
        let traces = run(workers, LevelFilter::DEBUG);
        let (segment, request) = &segments(&traces)[0];
        let spans = traces.spans();
        let dispatch = spans
            .iter()
            .find(|span| Some(span.span_id()) == segment.parent())
            .expect("the dispatch");
        assert_eq!(dispatch.name(), "op.dispatch.realtime_audio");
        assert_eq!(dispatch.parent(), Some(request.span_id()));
    }
}
