//! S19: without a subscriber, and with one that exports nothing.

use serde_json::json;
use tracing_relay::CarriesTrace as _;
use tracing_relay::testing::{Pipeline, Traces};

use super::support::{self, Parts, count, result, tp};

/// The pipelines that make no traces, on both kinds of runtime.
fn pipelines() -> Vec<Pipeline> {
    let off = [
        Pipeline::new().without_subscriber(),
        Pipeline::new().without_opentelemetry(),
    ];
    let captured = off.map(Pipeline::capture_logs);
    let on_workers = captured.clone().map(|pipeline| pipeline.worker_threads(2));
    captured.into_iter().chain(on_workers).collect()
}

#[test]
fn s19_what_came_without_a_carrier_goes_on_without_one() {
    for pipeline in pipelines() {
        pipeline.run(async |traces: Traces| {
            let (model, mut requests) = support::model_with_headers();
            let parts = Parts::with_model(model).await;
            let mut connection = parts.connect(1);
            let thread = connection.start_thread().await;
            let response = connection.start_turn(&thread, None).await;
            assert_eq!(result(&response)["turn"]["id"], "turn-1");
            connection.turn_completed().await;
            connection.close().await;
            let headers = requests.recv().await.expect("the model was asked");
            assert!(headers.extract().is_absent(), "{headers:?}");
            assert!(traces.spans().is_empty());
            assert_eq!(count(&traces.logs(), "WARN"), 0);
        });
    }
}

#[test]
fn s19_a_carrier_is_passed_on_unchanged() {
    for pipeline in pipelines() {
        pipeline.run(async |traces: Traces| {
            let (model, mut requests) = support::model_with_headers();
            let parts = Parts::with_model(model).await;
            let mut connection = parts.connect(1);
            let thread = connection.start_thread().await;
            for flags in ["00", "01", "03"] {
                let traceparent = format!("{}{flags}", &tp(11, 22)[..53]);
                let trace = json!({"traceparent": traceparent, "tracestate": "vendor=value"});
                connection.start_turn(&thread, Some(trace)).await;
                connection.turn_completed().await;
                let headers = requests.recv().await.expect("the model was asked");
                assert_eq!(headers["traceparent"], traceparent);
                assert_eq!(headers["tracestate"], "vendor=value");
            }
            connection.close().await;
            assert!(traces.spans().is_empty());
        });
    }
}

#[test]
fn s19_a_submission_has_the_carrier_of_its_request() {
    for pipeline in pipelines() {
        pipeline.run(async |_| {
            let (parts, mut queue) = Parts::with_queue();
            let mut connection = parts.connect(1);
            let thread = connection.start_thread().await;
            connection.start_turn(&thread, None).await;
            let trace = json!({"traceparent": tp(11, 22)});
            connection.start_turn(&thread, Some(trace)).await;
            let without = queue.recv().await.expect("the first").submission;
            assert!(without.trace.is_none());
            let with = queue.recv().await.expect("the second").submission;
            assert_eq!(with.trace.context(), Some(&support::context(11, 22)));
        });
    }
}

#[test]
fn s19_bad_carriers_are_reported_once_and_not_for_each_request() {
    for pipeline in pipelines() {
        pipeline.run(async |traces: Traces| {
            let parts = Parts::start().await;
            let mut connection = parts.connect(1);
            let thread = connection.start_thread().await;
            for _ in 0..10 {
                let trace = json!({"traceparent": "bad"});
                connection.start_turn(&thread, Some(trace)).await;
                connection.turn_completed().await;
            }
            connection.close().await;
            let logs = traces.logs();
            assert!(count(&logs, "WARN") <= 1, "{logs}");
        });
    }
}
