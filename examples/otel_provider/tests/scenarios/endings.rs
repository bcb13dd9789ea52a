//! Shutdowns: explicit, by a drop, of metrics alone, and where a collector never answers.

use std::net::TcpListener;
use std::time::Duration;

use otel_provider::{OtelError, OtelExporter, OtelHttpProtocol, OtelProvider, OtelSettings};

use crate::memory::{dispatch, in_memory, play, session};

#[test]
fn a_shutdown_flushes_all_signals_and_ends_the_export() {
    let (memory, provider) = in_memory();
    play(&provider, session("s-1", false));
    assert_eq!(provider.shutdown(), Ok(()));
    assert_eq!(memory.spans.get_finished_spans().unwrap().len(), 6);
    assert_eq!(memory.logs.get_emitted_logs().unwrap().len(), 9);
    assert!(!memory.metrics.get_finished_metrics().unwrap().is_empty());

    play(&provider, session("too late", false));
    assert!(provider.shutdown().is_err(), "what came later is lost");
    assert_eq!(memory.spans.get_finished_spans().unwrap().len(), 6);
}

#[test]
fn dropping_the_provider_flushes_too() {
    let (memory, provider) = in_memory();
    play(&provider, session("s-1", false));
    drop(provider);
    assert_eq!(memory.spans.get_finished_spans().unwrap().len(), 6);
    assert_eq!(memory.logs.get_emitted_logs().unwrap().len(), 9);
    assert!(!memory.metrics.get_finished_metrics().unwrap().is_empty());
}

#[test]
fn metrics_are_shut_down_alone_and_traces_go_on() {
    let (memory, provider) = in_memory();
    play(&provider, session("s-1", false));
    provider.shutdown_metrics().unwrap();
    let metrics = format!("{:?}", memory.metrics.get_finished_metrics().unwrap());
    assert!(metrics.contains("agent.user_prompts"), "{metrics}");

    play(&provider, session("s-2", false));
    assert_eq!(provider.shutdown(), Ok(()));
    assert_eq!(memory.spans.get_finished_spans().unwrap().len(), 12);
}

/// Where connections are taken by the system, and nobody answers.
fn silent(listener: &TcpListener, signal: &str) -> OtelExporter {
    OtelExporter::OtlpHttp {
        endpoint: format!("http://{}/v1/{signal}", listener.local_addr().unwrap()),
        headers: [].into(),
        protocol: OtelHttpProtocol::Binary,
        tls: None,
    }
}

#[test]
fn a_collector_that_never_answers_makes_the_shutdown_an_error_in_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = OtelSettings {
        exporter: silent(&listener, "logs"),
        trace_exporter: silent(&listener, "traces"),
        metrics_exporter: silent(&listener, "metrics"),
        ..OtelSettings::default()
    };
    let provider = OtelProvider::from(&settings).unwrap().unwrap();
    play(&provider, session("s-1", false));
    let lost = provider.shutdown_within(Duration::from_millis(100));
    let lost = lost.unwrap_err();
    assert!(lost.unfinished && lost.metrics, "{lost}");
    assert!(lost.waiting > 0 && lost.logs.waiting > 0, "{lost}");
    let metrics = provider.shutdown_metrics_within(Duration::from_millis(100));
    assert!(matches!(metrics, Err(OtelError::Metrics)));
}

#[test]
fn the_session_plays_the_same_after_the_shutdown() {
    let (_memory, provider) = in_memory();
    let dispatch = dispatch(&provider);
    provider.shutdown().unwrap();
    tracing::dispatcher::with_default(&dispatch, || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        // It asserts what came of it.
        runtime.block_on(crate::memory::turn(session("s-1", true)));
    });
    assert!(
        provider.shutdown().is_err(),
        "its spans are counted as lost"
    );
}
