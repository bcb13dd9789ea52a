//! An invalid carrier: what is served, and what is said about it.

use tracing_relay::testing::Traces;
use tracing_relay::{
    CarriesTrace, Extracted, InvalidCarrier, assert_trace, request_span, traced, wire::w3c,
};

/// A header as it came.
struct Header(&'static str);

impl CarriesTrace for Header {
    fn extract(&self) -> Extracted {
        w3c::extract(|name| (name == "traceparent").then_some(self.0.as_bytes()))
    }
}

#[request_span(name = "app.request", fields(rpc.method = method, rpc.request_id = id))]
fn handle(method: &str, id: u64, header: &Header) -> u64 {
    let _ = (method, header);
    id
}

#[traced]
fn ambient(header: &Header) -> u64 {
    handle("thread/list", 3, header)
}

fn warnings(traces: &Traces) -> Vec<String> {
    let logs = traces.logs();
    let warnings = logs.lines().filter(|line| line.contains("WARN"));
    warnings.map(str::to_owned).collect()
}

#[tracing_relay::test(logs = true)]
fn an_invalid_carrier_is_served_as_if_there_were_none_and_reported_once(traces: Traces) {
    assert_eq!(handle("thread/start", 2, &Header("not-a-traceparent")), 2);
    assert_eq!(handle("thread/start", 3, &Header("not-a-traceparent")), 3);
    let [warning] = warnings(&traces).try_into().unwrap();
    assert!(
        warning.contains("ignoring an invalid trace carrier"),
        "{warning}"
    );
    // In the span's own fields, and in the text for logs without spans.
    assert_eq!(warning.matches("rpc.method=").count(), 2, "{warning}");
    assert_eq!(warning.matches("rpc.request_id=2").count(), 2, "{warning}");
    assert_trace!(
        traces,
        "
        server app.request => completed

        server app.request => completed
        "
    );
}

#[tracing_relay::test(logs = true)]
fn each_reason_is_reported(traces: Traces) {
    for header in [
        "not-a-traceparent",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ] {
        assert_eq!(handle("thread/start", 2, &Header(header)), 2);
    }
    assert_eq!(warnings(&traces).len(), 4, "{}", traces.logs());
}

#[tracing_relay::test(logs = true)]
fn an_empty_header_is_no_carrier_and_no_warning(traces: Traces) {
    handle("thread/start", 2, &Header(""));
    assert_eq!(warnings(&traces), Vec::<String>::new());
    assert_trace!(traces, "server app.request");
}

#[tracing_relay::test(logs = true)]
fn below_an_ambient_span_an_invalid_carrier_is_its_child(traces: Traces) {
    assert_eq!(ambient(&Header("00-xyz")), 3);
    assert_eq!(warnings(&traces).len(), 1);
    assert_trace!(
        traces,
        "
        internal ambient
          server app.request
        "
    );
}

/// The pipeline of another test has its own limiter: this one sees the warning again.
#[tracing_relay::test(logs = true)]
fn tests_do_not_hold_back_the_warnings_of_one_another(traces: Traces) {
    handle("thread/start", 2, &Header("not-a-traceparent"));
    assert_eq!(warnings(&traces).len(), 1);
}

#[tracing_relay::test(logs = true)]
fn a_carrier_with_a_format_of_its_own_says_why_in_its_own_words(traces: Traces) {
    struct Frame;
    impl CarriesTrace for Frame {
        fn extract(&self) -> Extracted {
            Extracted::invalid(InvalidCarrier::new("the frame has no checksum"))
        }
    }
    #[traced(kind = "consumer")]
    fn read(frame: &Frame) {
        let _ = frame;
    }
    read(&Frame);
    let [warning] = warnings(&traces).try_into().unwrap();
    assert!(warning.contains("the frame has no checksum"), "{warning}");
}
