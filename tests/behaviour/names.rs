//! The name under which a span is exported, where it is not the static one.

use std::fmt::Display;
use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt as _};
use tracing_relay::testing::{Pipeline, PipelineEngine, Sampling, Traces};
use tracing_relay::{
    CarriesTrace, Extracted, TraceCarrier, assert_trace, request_span, traced, wire::w3c,
};

struct Op {
    kind: &'static str,
    /// Where the operation is not called what it is.
    alias: Option<String>,
}

impl Op {
    const fn of(kind: &'static str) -> Self {
        Self { kind, alias: None }
    }
}

#[traced(name = "op.dispatch", otel_name = format_args!("op.dispatch.{}", op.kind))]
fn dispatch(op: &Op) -> usize {
    tracing::info!("dispatching");
    op.kind.len()
}

#[traced(otel_name = op.alias, fields(op.kind = op.kind), on_ok(|length| op.length = length))]
fn perhaps(op: &Op) -> usize {
    op.kind.len()
}

#[tracing_relay::test(logs = true)]
fn a_span_is_exported_under_the_name_that_was_read_when_it_opened(traces: Traces) {
    dispatch(&Op::of("interrupt"));
    let span = traces.span("op.dispatch.interrupt");
    assert_eq!(span.attribute("otel.name"), None);
    // The log line has the static name, which filters go by.
    let logs = traces.logs();
    assert!(logs.contains("op.dispatch{"), "{logs}");
}

#[traced(otel_name = "renamed")]
fn look(traces: &Traces) -> Vec<String> {
    traces.open()
}

#[test]
fn an_open_span_has_the_name_that_it_is_exported_under() {
    for engine in [PipelineEngine::TracingOpentelemetry, PipelineEngine::Own] {
        Pipeline::new()
            .engine(engine)
            .run(async |traces| assert_eq!(look(&traces), ["renamed"], "{engine:?}"));
    }
}

#[tracing_relay::test]
fn an_absent_name_leaves_the_static_one(traces: Traces) {
    perhaps(&Op::of("interrupt"));
    perhaps(&Op {
        kind: "start",
        alias: Some("turn.start".to_owned()),
    });
    perhaps(&Op {
        kind: "stop",
        alias: Some(String::new()),
    });
    assert_trace!(
        traces,
        r#"
        internal perhaps {op.kind="interrupt", op.length=9} => completed

        internal turn.start {op.kind="start", op.length=5} => completed

        internal perhaps {op.kind="stop", op.length=4} => completed
        "#
    );
}

#[tracing_relay::test]
fn a_name_that_is_no_text_becomes_text(traces: Traces) {
    #[traced(otel_name = value)]
    fn named<T: Display>(value: T) {
        let _ = value;
    }
    #[traced(otel_name = number)]
    fn numbered(number: u64) -> u64 {
        number
    }
    #[traced(otel_name = truth)]
    fn decided(truth: bool) -> bool {
        truth
    }
    named('x');
    numbered(7);
    decided(true);
    assert_eq!(traces.exported(), ["x", "7", "true"]);
    let spans = traces.spans();
    assert!(
        spans
            .iter()
            .all(|span| span.attribute("otel.name").is_none())
    );
}

mod shapes {
    use super::*;

    #[traced(otel_name = name)]
    async fn asynchronous(name: String) -> usize {
        tokio::task::yield_now().await;
        name.len()
    }

    #[traced(otel_name = name)]
    fn returned(name: &str) -> impl Future<Output = usize> {
        async move { name.len() }
    }

    #[traced(otel_name = name)]
    fn returned_after_work(name: &str) -> impl Future<Output = usize> + use<> {
        let length = name.len();
        async move { length }
    }

    #[traced(otel_name = name)]
    fn boxed(name: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
        Box::pin(async move { name.len() })
    }

    #[traced(otel_name = name)]
    fn streamed(name: &str) -> impl Stream<Item = usize> + use<> {
        stream::iter([name.len()])
    }

    #[tracing_relay::test]
    async fn each_form_of_function_has_the_name(traces: Traces) {
        asynchronous("async".to_owned()).await;
        returned("returned future").await;
        returned_after_work("future after work").await;
        boxed("boxed future").await;
        assert_eq!(streamed("a stream").collect::<Vec<_>>().await, [8]);
        assert_eq!(
            traces.exported(),
            [
                "async",
                "returned future",
                "future after work",
                "boxed future",
                "a stream"
            ]
        );
    }
}

#[test]
fn the_name_is_read_at_most_once_for_a_span_that_is_not_sampled() {
    #[traced(otel_name = count(read))]
    fn reads(read: &std::cell::Cell<u32>) {
        let _ = read;
    }
    fn count(read: &std::cell::Cell<u32>) -> u32 {
        read.set(read.get() + 1);
        read.get()
    }
    let read = std::cell::Cell::new(0);
    let unsampled = Pipeline::new().sampling(Sampling::Never);
    let exported = unsampled.run_sync(|traces| {
        reads(&read);
        traces.exported()
    });
    // The samplers of the SDK may ask for the name; our engine decides before.
    let own = PipelineEngine::of_the_suite() == PipelineEngine::Own;
    assert_eq!((read.get(), exported), (u32::from(!own), Vec::new()));
}

mod conventions {
    use super::*;

    #[request_span(conventions = "jsonrpc", fields(jsonrpc.request.id = id, rpc.method = method))]
    fn unnamed(id: u64, method: Option<&str>, carrier: &TraceCarrier) -> (u64, usize) {
        let _ = carrier;
        (id, method.map_or(0, str::len))
    }

    #[request_span(conventions = "jsonrpc", name = "app.request")]
    fn named(#[field("rpc.method")] method: &str, carrier: &TraceCarrier) -> usize {
        let _ = carrier;
        method.len()
    }

    #[tracing_relay::test]
    fn a_request_is_named_after_its_method_unless_something_names_it(traces: Traces) {
        unnamed(1, Some("thread/start"), &TraceCarrier::none());
        unnamed(2, None, &TraceCarrier::none());
        named("thread/start", &TraceCarrier::none());
        assert_trace!(
            traces,
            r#"
            server thread/start {jsonrpc.request.id="1", rpc.method="thread/start"} => completed

            server unnamed {jsonrpc.request.id="2", !rpc.method} => completed

            server app.request {rpc.method="thread/start"} => completed
            "#
        );
    }
}

/// A header that is no carrier.
struct Header;

impl CarriesTrace for Header {
    fn extract(&self) -> Extracted {
        w3c::extract(|name| (name == "traceparent").then_some(b"no carrier".as_slice()))
    }
}

#[request_span(otel_name = method, fields(method))]
fn warned(method: &str, header: &Header) -> usize {
    let _ = header;
    method.len()
}

#[tracing_relay::test(logs = true)]
fn a_warning_names_the_span_by_its_static_name(traces: Traces) {
    warned("thread/start", &Header);
    let logs = traces.logs();
    let warning = logs.lines().find(|line| line.contains("WARN")).unwrap();
    assert!(warning.contains(r#"span="warned""#), "{warning}");
    assert!(
        warning.contains(r#"fields="method=thread/start""#),
        "{warning}"
    );
    assert_eq!(traces.exported(), ["thread/start"]);
}
