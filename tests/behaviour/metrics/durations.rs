//! The durations of the conventions: their attributes, whichever way a call ends.

#![expect(clippy::float_cmp, reason = "sums of what is exact are exact")]

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::Stream;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use tracing_relay::testing::{Pipeline, PipelineEngine, Sampling, Traces};
use tracing_relay::{SpanFields, TraceCarrier, request_span, traced};

#[request_span(
    conventions = "jsonrpc",
    carrier = none,
    fields(rpc.method = method, jsonrpc.request.id = 7, thread.id = "t"),
    on_err(|code| rpc.status_code = *code),
)]
fn answer(method: &str) -> Result<u8, i64> {
    match method {
        "" => Err(-32601),
        "panic" => std::panic::resume_unwind(Box::new("down")),
        _ => Ok(1),
    }
}

const RPC: &str = r#"rpc.method="a", rpc.system.name="jsonrpc""#;

/// The line of a histogram with this number of values.
fn histogram(name: &str, attributes: &str, values: &str) -> String {
    format!("histogram {name} {{{attributes}}}: {values}\n")
}

#[tracing_relay::test]
fn each_way_to_end_is_recorded_with_what_the_span_says_of_it(traces: Traces) {
    answer("a").unwrap();
    answer("a").unwrap();
    answer("").unwrap_err();
    assert!(catch_unwind(AssertUnwindSafe(|| answer("panic"))).is_err());
    let name = "rpc.server.call.duration";
    let metrics = traces.metrics();
    assert_eq!(
        metrics.to_string(),
        [
            histogram(
                name,
                r#"error.type="i64", rpc.method="", rpc.status_code="-32601", rpc.system.name="jsonrpc""#,
                "1 value"
            ),
            histogram(
                name,
                r#"error.type="panic", rpc.method="panic", rpc.system.name="jsonrpc""#,
                "1 value"
            ),
            histogram(name, RPC, "2 values"),
        ]
        .concat()
    );
    let duration = metrics.of(name);
    assert_eq!(duration.unit(), "s");
    let (bounds, _) = duration.points()[0].buckets();
    let advised = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    ];
    assert_eq!(bounds, advised);
    assert!(duration.sum() < 60.0);
}

mod http {
    use super::*;

    #[traced(
        conventions = "http",
        kind = "server",
        carrier = none,
        fields(
            http.request.method = method,
            http.route = "/threads/{id}",
            url.scheme = "https",
            url.path = "/threads/7",
            server.address = "whatever was asked for",
        ),
        on_ok(|status| http.response.status_code = *status),
    )]
    pub(super) async fn serve(method: &str, status: u16) -> u16 {
        tokio::task::yield_now().await;
        status
    }

    #[traced(
        conventions = "http",
        kind = "client",
        carrier = none,
        fields(http.request.method = "GET", server.address = "a.example", server.port = 443, url.template = "/a"),
        late(status: u16 = "http.response.status_code"),
    )]
    pub(super) async fn call() {
        status.record(&204);
    }

    #[tracing_relay::test]
    async fn requests_are_counted_while_they_run_and_measured_when_they_end(traces: Traces) {
        let mut request = Box::pin(serve("GET", 200));
        assert_eq!(futures_util::poll!(&mut request), std::task::Poll::Pending);
        assert_eq!(
            traces.metrics().of("http.server.active_requests").sum(),
            1.0
        );
        request.await;
        serve("BREW", 418).await;
        assert_eq!(Box::pin(serve("GET", 200)).now_or_never(), None);
        assert_eq!(
            traces.metrics().to_string(),
            [
                "up-down-counter http.server.active_requests {http.request.method=\"GET\", url.scheme=\"https\"}: 0\n"
                    .to_owned(),
                "up-down-counter http.server.active_requests {http.request.method=\"_OTHER\", url.scheme=\"https\"}: 0\n"
                    .to_owned(),
                histogram(
                    "http.server.request.duration",
                    r#"http.request.method="GET", http.response.status_code=200, http.route="/threads/{id}", url.scheme="https""#,
                    "1 value"
                ),
                histogram(
                    "http.server.request.duration",
                    r#"http.request.method="GET", http.route="/threads/{id}", url.scheme="https""#,
                    "1 value"
                ),
                histogram(
                    "http.server.request.duration",
                    r#"http.request.method="_OTHER", http.response.status_code=418, http.route="/threads/{id}", url.scheme="https""#,
                    "1 value"
                ),
            ]
            .concat()
        );
    }

    #[tracing_relay::test]
    async fn what_is_learned_in_the_middle_is_an_attribute_too(traces: Traces) {
        call().await;
        assert_eq!(
            traces.metrics().to_string(),
            histogram(
                "http.client.request.duration",
                r#"http.request.method="GET", http.response.status_code=204, server.address="a.example", server.port=443, url.template="/a""#,
                "1 value"
            )
        );
    }

    #[traced(conventions = "http", kind = "server", carrier = none, fields(http.request.method = "GET"))]
    async fn never() {
        pending::<()>().await;
    }

    #[tracing_relay::test]
    async fn active_requests_are_balanced_by_an_abort_a_panic_and_a_stream_that_is_dropped(
        traces: Traces,
    ) {
        #[traced(conventions = "http", kind = "server", carrier = none, fields(http.request.method = "GET"))]
        async fn panics() {
            tokio::task::yield_now().await;
            std::panic::resume_unwind(Box::new("down"));
        }

        #[traced(conventions = "http", kind = "server", carrier = none, fields(http.request.method = "GET"))]
        fn lines() -> impl Stream<Item = u8> {
            stream::iter([1, 2])
        }

        let task = tokio::spawn(never());
        tokio::task::yield_now().await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert!(AssertUnwindSafe(panics()).catch_unwind().await.is_err());
        let mut half = Box::pin(lines());
        assert_eq!(half.next().await, Some(1));
        assert_eq!(
            traces.metrics().of("http.server.active_requests").sum(),
            1.0
        );
        drop(half);
        assert_eq!(lines().count().await, 2);
        let metrics = traces.metrics();
        assert_eq!(metrics.of("http.server.active_requests").sum(), 0.0);
        let duration = metrics.of("http.server.request.duration");
        assert_eq!(duration.count(), 4, "{duration}");
        assert_eq!(duration.with("error.type", "panic").count(), 1);
    }
}

#[traced(
    conventions = "messaging",
    kind = "consumer",
    fields(
        messaging.system.name = "nats",
        messaging.operation.name = "process",
        messaging.destination.name = "orders.7",
        messaging.destination.template = "orders.{id}",
        messaging.message.id = "m-1",
    ),
)]
fn process(_carrier: &TraceCarrier) {}

#[traced(
    conventions = "messaging",
    kind = "producer",
    carrier = none,
    fields(
        messaging.system.name = "nats",
        messaging.operation.name = "send",
        messaging.destination.name = "orders",
    ),
)]
fn send() {}

#[traced(
    conventions = "db",
    fields(db.system.name = "sqlite", db.operation.name = "SELECT", db.query.text = "SELECT 1"),
)]
fn query() -> impl Future<Output = Result<(), std::fmt::Error>> {
    async move { Err(std::fmt::Error) }
}

#[traced(conventions = "grpc", kind = "client", carrier = none, fields(rpc.method = "a.B/C"))]
fn call() -> impl Future<Output = u8> {
    let prepared = 1;
    async move { prepared }
}

#[derive(SpanFields)]
struct Peer {
    #[field("server.address")]
    address: &'static str,
    #[field("peer.secret")]
    secret: u8,
}

#[traced(conventions = "grpc", kind = "client", carrier = none, fields(rpc.method = "a.B/D"))]
fn call_peer(#[fields] peer: &Peer) -> u8 {
    peer.secret
}

async fn all() {
    process(&TraceCarrier::none());
    send();
    query().await.unwrap_err();
    call().await;
    call_peer(&Peer {
        address: "b.example",
        secret: 1,
    });
    answer("a").unwrap();
}

const ALL: &str = r#"histogram db.client.operation.duration {db.operation.name="SELECT", db.system.name="sqlite", error.type="core::fmt::Error"}: 1 value
histogram messaging.client.operation.duration {messaging.destination.name="orders", messaging.operation.name="send", messaging.system.name="nats"}: 1 value
histogram messaging.process.duration {messaging.destination.template="orders.{id}", messaging.operation.name="process", messaging.system.name="nats"}: 1 value
histogram rpc.client.call.duration {rpc.method="a.B/C", rpc.system.name="grpc"}: 1 value
histogram rpc.client.call.duration {rpc.method="a.B/D", rpc.system.name="grpc", server.address="b.example"}: 1 value
histogram rpc.server.call.duration {rpc.method="a", rpc.system.name="jsonrpc"}: 1 value
"#;

#[tracing_relay::test]
async fn each_convention_has_its_duration_and_the_attributes_that_it_lists(traces: Traces) {
    all().await;
    assert_eq!(traces.exported().len(), 6);
    assert_eq!(traces.metrics().to_string(), ALL);
}

#[test]
fn a_span_that_is_not_sampled_or_filtered_or_not_exported_is_measured_all_the_same() {
    let pipelines = [
        Pipeline::new().sampling(Sampling::Never),
        Pipeline::new().filter(|_| false),
        Pipeline::new().level(tracing_relay::testing::LevelFilter::ERROR),
        Pipeline::new().without_opentelemetry(),
        Pipeline::new().behind_reload(),
        Pipeline::new().context_activation(false),
    ];
    for pipeline in pipelines {
        let shown = format!("{pipeline:?}");
        pipeline.run(async |traces| {
            all().await;
            assert_eq!(traces.metrics().to_string(), ALL, "{shown}");
            let mut request = Box::pin(http::serve("GET", 200));
            assert_eq!(futures_util::poll!(&mut request), std::task::Poll::Pending);
            let active = traces.metrics().of("http.server.active_requests");
            assert_eq!(active.sum(), 1.0, "{shown}");
            request.await;
            let metrics = traces.metrics();
            assert_eq!(metrics.of("http.server.active_requests").sum(), 0.0);
            let served = metrics.of("http.server.request.duration");
            let served = served.with("http.response.status_code", 200);
            assert_eq!(served.count(), 1, "{shown}");
            http::call().await;
            let called = traces.metrics().of("http.client.request.duration");
            let called = called.with("http.response.status_code", 204);
            assert_eq!(called.count(), 1, "{shown}");
        });
    }
}

#[test]
fn metrics_change_no_trace() {
    #[traced(conventions = "jsonrpc", kind = "server", carrier = none, level = "trace")]
    fn hidden() -> Option<String> {
        tracing::info_span!("inside").in_scope(|| {});
        tracing_relay::current_context().map(|context| context.traceparent().to_string())
    }
    Pipeline::new()
        .level(tracing_relay::testing::LevelFilter::INFO)
        .run_sync(|traces| {
            tracing::info_span!("outside").in_scope(|| {
                let outside = tracing_relay::current_context().unwrap();
                assert_eq!(hidden(), Some(outside.traceparent().to_string()));
            });
            assert_eq!(hidden(), None);
            tracing_relay::assert_trace!(
                traces,
                "
                internal outside
                  internal inside

                internal inside
                "
            );
            assert_eq!(traces.metrics().of("rpc.server.call.duration").count(), 2);
        });
}

#[tracing_relay::test]
fn metrics_can_be_turned_off_and_are_only_those_of_conventions(traces: Traces) {
    #[traced(conventions = "jsonrpc", kind = "server", carrier = none, metrics = false)]
    fn off() {}
    #[traced(kind = "server", carrier = none, fields(rpc.method = "a"))]
    fn without_conventions() {}
    #[traced(conventions = "jsonrpc")]
    fn internal() {}
    off();
    without_conventions();
    internal();
    assert_eq!(traces.metrics().names(), <[&str; 0]>::default());
    assert_eq!(traces.exported().len(), 3);
}

#[test]
fn fields_that_the_metric_does_not_need_are_not_read_for_it() {
    fn unread() -> &'static str {
        panic!("nobody wants it")
    }
    #[traced(
        conventions = "jsonrpc",
        kind = "server",
        carrier = none,
        fields(rpc.method = "a", jsonrpc.request.id = unread()),
    )]
    fn handle() {}
    // With tracing-opentelemetry they are read where a subscriber may want them.
    let unsampled = Pipeline::new()
        .engine(PipelineEngine::Own)
        .sampling(Sampling::Never);
    unsampled.run_sync(|traces| {
        handle();
        assert_eq!(traces.metrics().of("rpc.server.call.duration").count(), 1);
    });
}
