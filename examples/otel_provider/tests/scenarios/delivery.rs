//! What a session tells arrives, wherever the provider is made and shut down.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use otel_provider::{OtelExporter, OtelHeader, OtelHttpProtocol, OtelProvider, OtelSettings};
use prost::Message;
use serde::de::DeserializeOwned;
use tracing::instrument::WithSubscriber as _;
use tracing_relay::traced;

use crate::collector::{Collector, Received};
use crate::memory::{dispatch, play, runtimes, session, turn};

fn exporter(collector: &Collector, signal: &str, protocol: OtelHttpProtocol) -> OtelExporter {
    let key = ("api-key".into(), OtelHeader::Text("secret".into()));
    OtelExporter::OtlpHttp {
        endpoint: collector.url(signal),
        headers: [key].into(),
        protocol,
        tls: None,
    }
}

fn traces_alone(collector: &Collector) -> OtelProvider {
    let settings = OtelSettings {
        trace_exporter: exporter(collector, "traces", OtelHttpProtocol::Binary),
        ..OtelSettings::default()
    };
    OtelProvider::from(&settings).unwrap().unwrap()
}

fn message<M: Message + Default + DeserializeOwned>(request: &Received) -> M {
    assert_eq!(request.headers["api-key"], "secret");
    match request.headers["content-type"].to_str() {
        Ok("application/json") => serde_json::from_slice(&request.body).unwrap(),
        _ => M::decode(&request.body[..]).unwrap(),
    }
}

/// The names of all spans that came, in order.
fn spans(collector: &Collector) -> Vec<String> {
    let requests = collector.requests("traces").into_iter();
    let messages = requests.map(|request| message::<ExportTraceServiceRequest>(&request));
    let mut names: Vec<_> = messages
        .flat_map(|message| message.resource_spans)
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .map(|span| span.name)
        .collect();
    names.sort();
    names
}

pub(crate) const TURN: [&str; 6] = [
    "agent.tool",
    "agent.tool",
    "agent.turn",
    "model.request",
    "tool.run",
    "tool.run",
];

#[test]
fn outside_of_every_runtime_traces_are_sent_to_v1_traces() {
    #[traced(name = "outside")]
    fn work() {}

    let collector = Collector::start();
    let provider = traces_alone(&collector);
    tracing::dispatcher::with_default(&dispatch(&provider), work);
    assert_eq!(provider.shutdown(), Ok(()));
    assert_eq!(spans(&collector), ["outside"]);
}

/// Set up, used and shut down in one future.
async fn whole(collector: Arc<Collector>) {
    let provider = traces_alone(&collector);
    let dispatch = dispatch(&provider);
    turn(session("s-1", false)).with_subscriber(dispatch).await;
    assert_eq!(provider.shutdown(), Ok(()));
}

#[test]
fn in_the_future_that_each_runtime_blocks_on_traces_are_sent_to_v1_traces() {
    for runtime in runtimes() {
        let collector = Arc::new(Collector::start());
        runtime.block_on(whole(Arc::clone(&collector)));
        assert_eq!(spans(&collector), TURN);
    }
}

#[test]
fn in_a_task_of_each_runtime_traces_are_sent_to_v1_traces() {
    for runtime in runtimes() {
        let collector = Arc::new(Collector::start());
        let task = runtime.spawn(whole(Arc::clone(&collector)));
        runtime.block_on(task).unwrap();
        assert_eq!(spans(&collector), TURN);
    }
}

#[test]
fn all_signals_arrive_in_protobuf_and_in_json() {
    for protocol in [OtelHttpProtocol::Binary, OtelHttpProtocol::Json] {
        let collector = Collector::start();
        let settings = OtelSettings {
            exporter: exporter(&collector, "logs", protocol),
            trace_exporter: exporter(&collector, "traces", protocol),
            metrics_exporter: exporter(&collector, "metrics", protocol),
            ..OtelSettings::default()
        };
        let provider = OtelProvider::from(&settings).unwrap().unwrap();
        play(&provider, session("s-1", false));
        assert_eq!(provider.shutdown(), Ok(()));

        assert_eq!(spans(&collector), TURN);
        assert_eq!(logs(&collector), EVENTS);
        assert_eq!(metrics(&collector), METRICS);
    }
}

pub(crate) const EVENTS: [&str; 9] = [
    "agent.api_request",
    "agent.conversation_starts",
    "agent.sse_event",
    "agent.sse_event",
    "agent.tool_decision",
    "agent.tool_decision",
    "agent.tool_result",
    "agent.tool_result",
    "agent.user_prompt",
];

/// The names of the events of all log records that came, in order.
fn logs(collector: &Collector) -> Vec<String> {
    let requests = collector.requests("logs").into_iter();
    let messages = requests.map(|request| message::<ExportLogsServiceRequest>(&request));
    let mut names: Vec<_> = messages
        .flat_map(|message| message.resource_logs)
        .flat_map(|resource| resource.scope_logs)
        .flat_map(|scope| scope.log_records)
        .map(|record| record.event_name)
        .collect();
    names.sort();
    names
}

pub(crate) const METRICS: [&str; 7] = [
    "agent.api_request.duration",
    "agent.conversations",
    "agent.sse_events",
    "agent.tokens",
    "agent.tool.decisions",
    "agent.tool.duration",
    "agent.user_prompts",
];

/// The names of the metrics of the session that came, in order.
fn metrics(collector: &Collector) -> Vec<String> {
    let requests = collector.requests("metrics").into_iter();
    let messages = requests.map(|request| message::<ExportMetricsServiceRequest>(&request));
    let mut names: Vec<_> = messages
        .flat_map(|message| message.resource_metrics)
        .flat_map(|resource| resource.scope_metrics)
        .flat_map(|scope| scope.metrics)
        .map(|metric| metric.name)
        .filter(|name| name.starts_with("agent."))
        .collect();
    names.sort();
    names
}
