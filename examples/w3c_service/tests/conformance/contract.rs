//! What the service promises beside propagation.

use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::{Value, json};

use crate::loopback::{self, Loopback};
use crate::rows::{SPAN_ID, TRACE_ID};
use crate::service::Service;

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn error(body: &Value) -> &str {
    body["error"].as_str().expect("an error in words")
}

#[test]
fn what_is_not_a_list_of_callbacks_is_refused() {
    let service = Service::start();
    for body in ["", "{", "{}", "[1]", "[{}]", r#"[{"url":7}]"#, "\u{fffd}"] {
        let (status, reply) = service.send("POST /test", &[], body.as_bytes());
        assert_eq!(status, 400, "{body}: {reply}");
        assert!(error(&reply).contains("the body is not a list"), "{reply}");
    }
    let (status, reply) = service.send("POST /test", &[], br#"[{"url": "not a url"}]"#);
    assert_eq!(status, 400, "{reply}");
}

#[test]
fn other_paths_and_methods_are_refused() {
    let service = Service::start();
    assert_eq!(service.send("POST /other", &[], b"[]").0, 404);
    assert_eq!(service.send("GET /other", &[], b"").0, 404);
    assert_eq!(service.send("GET /test", &[], b"").0, 405);
    assert_eq!(service.send("POST /", &[], b"[]").0, 200);
}

#[test]
fn a_callback_that_cannot_be_made_is_told() {
    let service = Service::start();
    let unused = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = unused.local_addr().expect("an address");
    drop(unused);
    let body = json!([{ "url": format!("http://{address}/") }]).to_string();
    let (status, reply) = service.send("POST /test", &[("traceparent", PARENT)], body.as_bytes());
    assert_eq!(status, 502);
    assert!(error(&reply).contains(&address.to_string()), "{reply}");
}

/// The service calls itself, so that one trace goes through it twice.
#[test]
fn a_service_can_be_its_own_receiver() {
    let service = Service::start();
    let loopback = Loopback::start();
    let inner = json!([{ "url": loopback.url("/end"), "arguments": [] }]);
    let body = json!([{ "url": service.url("/"), "arguments": inner }]).to_string();
    let (status, reply) = service.send("POST /", &[("traceparent", PARENT)], body.as_bytes());
    assert_eq!(status, 200, "{reply}");
    let outer = reply["span_id"].as_str().expect("a span id");
    let spans = service.spans_until(outer);
    let kinds: Vec<_> = spans.iter().map(|span| &*span.kind).collect();
    assert_eq!(kinds, ["client", "server", "client", "server"]);
    for pair in spans.windows(2) {
        assert_eq!(pair[0].parent_span_id.as_ref(), Some(&pair[1].span_id));
        assert_eq!(pair[0].parent_is_remote, pair[0].kind == "server");
    }
    assert!(spans.iter().all(|span| span.trace_id == TRACE_ID));
    assert_eq!(spans[3].parent_span_id.as_deref(), Some(SPAN_ID));
    let end = loopback.take("/end").remove(0);
    let sent = end.only("traceparent").expect("a trace");
    assert_eq!(sent, format!("00-{TRACE_ID}-{}-01", spans[0].span_id));
}

#[test]
fn a_trace_in_the_environment_is_continued_by_requests_without_one() {
    let service = Service::start_with(|command| {
        command.env(
            "TRACEPARENT",
            "00-1af7651916cd43dd8448eb211c80319c-17ad6b7169203331-01",
        )
    });
    let inherited = service.ask(&[], &[]);
    assert_eq!(inherited.trace_id, "1af7651916cd43dd8448eb211c80319c");
    assert_eq!(
        inherited.parent_span_id.as_deref(),
        Some("17ad6b7169203331")
    );
    let own = service.ask(&[("traceparent", PARENT)], &[]);
    assert_eq!(
        (&*own.trace_id, own.parent_span_id.as_deref()),
        (TRACE_ID, Some(SPAN_ID))
    );
    let invalid = service.ask(&[("traceparent", "00-1-2-3")], &[]);
    assert_eq!(invalid.parent_span_id, None);
    for reply in [inherited, own, invalid] {
        let span = service.spans_until(&reply.span_id).pop().expect("a span");
        assert_eq!(span.parent_span_id, reply.parent_span_id);
    }
}

#[test]
fn an_invalid_trace_is_warned_about_once() {
    let service = Service::start();
    for _ in 0..10 {
        let reply = service.ask(&[("traceparent", "not-a-traceparent")], &[]);
        assert_eq!(reply.parent_span_id, None);
    }
    let (status, stderr) = service.stop();
    assert!(status.success(), "{status}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(
        stderr.contains("WARN") && stderr.contains("url.path=/test"),
        "{stderr}"
    );
}

/// Requests at the same time, on one connection each: no trace takes anything from another.
#[test]
fn requests_at_the_same_time_stay_apart() {
    let service = Service::start();
    let loopback = Loopback::start();
    let one = |number: usize| {
        let trace_id = format!("{:032x}", number + 1);
        let traceparent = format!("00-{trace_id}-b7ad6b7169203331-01");
        let (state, baggage) = (format!("n={number}"), format!("user={number}"));
        let paths: Vec<_> = (0..5).map(|call| format!("/{number}/{call}")).collect();
        let urls: Vec<_> = paths.iter().map(|path| loopback.url(path)).collect();
        let headers = [
            ("traceparent", &*traceparent),
            ("tracestate", &*state),
            ("baggage", &*baggage),
        ];
        let reply = service.ask(&headers, &urls);
        assert_eq!(reply.trace_id, trace_id);
        for path in paths {
            let received = loopback.take(&path).remove(0);
            let sent = received.only("traceparent").expect("a trace");
            assert!(sent.starts_with(&format!("00-{trace_id}-")), "{sent}");
            assert_eq!(received.only("tracestate"), Some(&*state));
            assert_eq!(received.only("baggage"), Some(&*baggage));
        }
    };
    thread::scope(|scope| {
        for first in 0..8 {
            scope.spawn(move || (0..8).for_each(|step| one(first + 8 * step)));
        }
    });
}

/// What has begun is finished before the service stops.
#[test]
fn stopping_waits_for_a_request_that_has_begun() {
    let service = Service::start();
    let slow = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", slow.local_addr().expect("an address"));
    thread::scope(|scope| {
        let asked = scope.spawn(|| service.ask(&[("traceparent", PARENT)], &[url]));
        let (mut callback, _) = slow.accept().expect("the callback");
        loopback::read(&mut callback);
        service.close_stdin();
        while TcpStream::connect(service.address).is_ok() {
            thread::yield_now();
        }
        loopback::answer(callback);
        let reply = asked.join().expect("an answer");
        assert_eq!(reply.trace_id, TRACE_ID);
    });
    let (status, _) = service.stop();
    assert!(status.success(), "{status}");
}
