//! What each set of semantic conventions adds to a span: constant attributes, types, a name, and the
//! older names where the environment asks for them.

use std::process::Command;

use tracing_relay::testing::{Traces, Value};
use tracing_relay::{
    CarriesTrace, LateField, TraceCarrier, TraceContext, assert_trace, request_span, traced,
};

mod jsonrpc {
    use super::*;

    #[request_span(
        conventions = "jsonrpc",
        fields(rpc.method = method, jsonrpc.request.id = id),
        on_err(|code| rpc.status_code = *code),
    )]
    pub(super) fn handle(method: &str, id: Option<u64>, carrier: &TraceCarrier) -> Result<(), i64> {
        assert!(carrier.extract().is_absent());
        if method.is_empty() {
            Err(-32601)
        } else {
            Ok(())
        }
    }

    #[tracing_relay::test]
    fn constants_are_added_and_numbers_are_text(traces: Traces) {
        handle("thread/start", Some(2), &TraceCarrier::none()).unwrap();
        handle("", None, &TraceCarrier::none()).unwrap_err();
        assert_trace!(
            traces,
            r#"
            server thread/start {rpc.system.name="jsonrpc", jsonrpc.protocol.version="2.0", rpc.method="thread/start", jsonrpc.request.id="2", !rpc.status_code, !rpc.system} => completed

            server handle {rpc.system.name="jsonrpc", jsonrpc.protocol.version="2.0", rpc.method="", !jsonrpc.request.id, rpc.status_code="-32601"} error => failed
            "#
        );
    }

    #[traced(conventions = "jsonrpc", fields(jsonrpc.protocol.version = "1.0"))]
    fn ancient() {}

    #[tracing_relay::test]
    fn a_constant_that_the_user_gives_is_the_users(traces: Traces) {
        ancient();
        assert_trace!(
            traces,
            r#"internal ancient {rpc.system.name="jsonrpc", jsonrpc.protocol.version="1.0"}"#
        );
    }
}

mod http {
    use super::*;

    #[traced(
        conventions = "http",
        kind = "server",
        carrier = none,
        fields(
            http.request.method = method,
            http.route = route,
            url.scheme = "https",
            server.port = 443,
        ),
        on_ok(|status| http.response.status_code = status),
    )]
    pub(super) fn answer(method: &str, route: Option<&str>) -> u16 {
        assert!(!method.is_empty());
        if route.is_some() { 200 } else { 404 }
    }

    #[traced(
        conventions = "http",
        kind = "client",
        carrier = none,
        fields(http.request.method = "POST", server.address = "threads.example"),
    )]
    pub(super) fn call() {}

    #[tracing_relay::test]
    fn the_name_is_the_method_and_the_route_if_there_is_one(traces: Traces) {
        answer("GET", Some("/threads/{id}"));
        answer("GET", None);
        call();
        assert_trace!(
            traces,
            r#"
            server "GET /threads/{id}" {http.route="/threads/{id}", http.response.status_code=200, server.port=443, !http.method}

            server GET {!http.route, http.response.status_code=404}

            client POST {server.address="threads.example", !net.peer.name}
            "#
        );
    }

    #[traced(name = "search", conventions = "http", fields(http.request.method = "GET"))]
    fn named() {}

    #[traced(otel_name = "find", conventions = "http", fields(http.request.method = "GET"))]
    fn renamed() {}

    #[tracing_relay::test]
    fn a_name_that_the_user_gives_is_the_users(traces: Traces) {
        named();
        renamed();
        assert_eq!(traces.exported(), ["search", "find"]);
    }

    #[traced(
        conventions = "http",
        fields(http.request.method = method.to_uppercase(), http.route = "/threads")
    )]
    fn later(method: &str) -> impl Future<Output = ()> + use<> {
        let length = method.len();
        async move { assert_eq!(length, 3) }
    }

    #[tracing_relay::test]
    async fn a_span_that_opens_later_has_the_name_that_was_read_at_the_call(traces: Traces) {
        later("get").await;
        assert_eq!(traces.exported(), ["GET /threads"]);
    }
}

#[traced(conventions = "grpc", fields(rpc.method = "threads.Threads/Start", rpc.status_code = 5))]
fn rpc() {}

#[traced(
    conventions = "messaging",
    kind = "consumer",
    carrier = none,
    fields(
        messaging.system.name = "nats",
        messaging.operation.name = "process",
        messaging.destination.name = queue,
        messaging.destination.temporary = queue.is_empty(),
        messaging.batch.message_count = 3_u8,
    ),
)]
fn process(queue: &str) -> usize {
    queue.len()
}

#[traced(
    conventions = "db",
    fields(
        db.system.name = "postgresql",
        db.operation.name = "SELECT",
        db.collection.name = "threads",
    ),
)]
fn query() {}

#[traced(conventions = "db", fields(db.operation.name = "SELECT", db.query.summary = "SELECT threads turns"))]
fn summarised() {}

#[tracing_relay::test]
fn the_others_have_their_names_and_types(traces: Traces) {
    rpc();
    process("turns");
    process("");
    query();
    summarised();
    assert_trace!(
        traces,
        r#"
        internal threads.Threads/Start {rpc.system.name="grpc", rpc.status_code="5"}

        consumer "process turns" {messaging.batch.message_count=3, messaging.destination.temporary=false, messaging.destination.name="turns"}

        consumer process {messaging.destination.temporary=true}

        internal "SELECT threads" {db.system.name="postgresql", !db.system}

        internal "SELECT threads turns"
        "#
    );
}

mod creation_context {
    use super::*;

    const CREATED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn created() -> TraceCarrier {
        TraceCarrier::from(CREATED.parse::<TraceContext>().unwrap())
    }

    #[traced(conventions = "messaging", kind = "consumer")]
    fn keep(message: TraceCarrier) -> TraceCarrier {
        message
    }

    #[traced(conventions = "messaging", kind = "consumer", restamp = true)]
    fn change(message: TraceCarrier) -> TraceCarrier {
        message
    }

    #[tracing_relay::test]
    fn a_message_keeps_it_unless_the_user_says_otherwise(traces: Traces) {
        let id = |carrier: &TraceCarrier| carrier.context().unwrap().span_id();
        assert_eq!(id(&keep(created())), id(&created()));
        assert_eq!(id(&change(created())), traces.span("change").span_id());
        assert_trace!(
            traces,
            "
            consumer keep <- remote b7ad6b7169203331
            consumer change <- remote b7ad6b7169203331
            "
        );
    }
}

mod older {
    use super::*;

    const ASKED: &str = "TRACING_RELAY_TEST_ASKS_FOR_OLDER_NAMES";

    /// In a process of its own: the environment is read once.
    #[test]
    fn the_older_names_are_recorded_where_the_environment_asks_for_them() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "conventions::older::names", "--nocapture"])
            .env(
                "OTEL_SEMCONV_STABILITY_OPT_IN",
                "messaging, rpc/dup,http/dup",
            )
            .env(ASKED, "1")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{output:?}"
        );
    }

    #[allow(deprecated)]
    #[traced(
        conventions = "http",
        fields(http.request.method = "GET", http.method = "get"),
        on_ok(|status| http.response.status_code = status)
    )]
    fn of_the_user() -> u16 {
        200
    }

    #[traced(
        name = "counted",
        conventions = "http",
        late(status: u16 = "http.response.status_code")
    )]
    fn counted() {
        let status: LateField<u16> = status;
        status.record(&503);
    }

    #[traced(
        name = "later",
        conventions = "jsonrpc",
        fields(rpc.status_code = number, jsonrpc.request.id = number.to_string())
    )]
    fn later(number: i64) -> impl Future<Output = ()> + use<> {
        async {}
    }

    /// Without the environment there are none of them.
    #[tracing_relay::test]
    async fn names(traces: Traces) {
        jsonrpc::handle("thread/start", Some(2), &TraceCarrier::none()).unwrap();
        jsonrpc::handle("", Some(3), &TraceCarrier::none()).unwrap_err();
        http::answer("GET", Some("/threads"));
        http::call();
        process("turns");
        counted();
        later(7).await;
        let asked = std::env::var_os(ASKED).is_some();
        let text = |text: &str| Value::String(text.to_owned());
        for (span, key, value) in [
            ("thread/start", "rpc.system", text("jsonrpc")),
            ("thread/start", "rpc.jsonrpc.version", text("2.0")),
            ("thread/start", "rpc.jsonrpc.request_id", text("2")),
            // An integer then, and text now.
            ("handle", "rpc.jsonrpc.error_code", Value::I64(-32601)),
            ("GET /threads", "http.method", text("GET")),
            ("GET /threads", "http.scheme", text("https")),
            ("GET /threads", "http.status_code", Value::I64(200)),
            ("GET /threads", "net.host.port", Value::I64(443)),
            ("POST", "net.peer.name", text("threads.example")),
            ("counted", "http.status_code", Value::I64(503)),
            ("later", "rpc.jsonrpc.error_code", Value::I64(7)),
            ("later", "rpc.jsonrpc.request_id", text("7")),
        ] {
            let expected = asked.then_some(value);
            assert_eq!(traces.span(span).attribute(key), expected.as_ref(), "{key}");
        }
        let consumed = traces.span("process turns");
        assert_eq!(consumed.attribute("messaging.system"), None);
        assert_eq!(traces.span("POST").attribute("net.host.name"), None);

        of_the_user();
        let of_the_user = traces.span("GET");
        assert_eq!(of_the_user.attribute("http.method"), Some(&text("get")));
    }
}
