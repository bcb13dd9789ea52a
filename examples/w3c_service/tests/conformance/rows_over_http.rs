//! Each row as one request to the service.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;
use tracing_relay::Baggage;

use crate::checker;
use crate::loopback::{Loopback, Received};
use crate::rows::{self, BaggageRow, Row, Trace};
use crate::service::{Reply, Service};

/// What one request to the service led to.
struct Exchange {
    reply: Reply,
    /// The requests of the service, in the order in which they were asked for.
    callbacks: Vec<Received>,
}

fn exchange(
    service: &Service,
    loopback: &Loopback,
    row: &str,
    headers: &[(&str, &str)],
    callbacks: usize,
) -> Exchange {
    let paths: Vec<_> = (0..callbacks)
        .map(|number| format!("/{row}/{number}"))
        .collect();
    let urls: Vec<_> = paths.iter().map(|path| loopback.url(path)).collect();
    let reply = service.ask(headers, &urls);
    let callbacks = paths.iter().zip(&urls).map(|(path, url)| {
        let mut received = loopback.take(path);
        assert_eq!(received.len(), 1, "{path} is called once");
        let callback = received.remove(0);
        assert_eq!(callback.body, json!([{ "path": url }]));
        callback
    });
    Exchange {
        callbacks: callbacks.collect(),
        reply,
    }
}

fn check_row(service: &Service, loopback: &Loopback, row: &Row) {
    let Exchange { reply, callbacks } =
        exchange(service, loopback, row.name, row.request, row.callbacks);
    let expected_flags = match row.trace {
        Trace::Continued { flags } => {
            assert_eq!(reply.trace_id, rows::TRACE_ID);
            assert_eq!(reply.parent_span_id.as_deref(), Some(rows::SPAN_ID));
            flags
        }
        Trace::New => {
            assert_ne!(reply.trace_id, rows::TRACE_ID);
            assert_eq!(reply.parent_span_id, None);
            assert!(reply.sampled, "roots are sampled");
            None
        }
    };
    assert_eq!(reply.tracestate.as_deref(), row.tracestate);
    assert_eq!(reply.baggage.as_deref(), row.baggage);

    let mut span_ids = BTreeSet::from([rows::SPAN_ID.to_owned(), reply.span_id.clone()]);
    assert_eq!(span_ids.len(), 2, "the service has a span of its own");
    let mut sent = Vec::new();
    for callback in &callbacks {
        let traceparent = callback.only("traceparent").expect("a trace is sent on");
        checker::check_traceparent(traceparent);
        let (trace_id, span_id, flags) = checker::parts(traceparent);
        assert_eq!(trace_id, reply.trace_id);
        assert!(span_ids.insert(span_id.to_owned()), "{span_id} is new");
        assert_eq!(flags & 1 == 1, reply.sampled);
        assert_eq!(
            flags & !3,
            0,
            "flags without a meaning are zero: {traceparent}"
        );
        if let Some(expected) = expected_flags {
            assert_eq!(flags, expected, "flags of {traceparent}");
        }
        assert_eq!(callback.only("tracestate"), row.tracestate);
        callback.only("tracestate").map(checker::check_tracestate);
        assert_eq!(callback.only("baggage"), row.baggage);
        callback.only("baggage").map(checker::check_baggage);
        sent.push(span_id);
    }
    if reply.sampled {
        check_spans(service, &reply, &sent);
    }
}

/// What was sent on are the ids of spans below that of the handler, and its parent is the one that
/// it tells.
fn check_spans(service: &Service, reply: &Reply, sent: &[&str]) {
    let mut spans = service.spans_until(&reply.span_id);
    let server = spans.pop().expect("the span of the handler");
    assert_eq!((&*server.name, &*server.kind), ("POST", "server"));
    assert_eq!(server.trace_id, reply.trace_id);
    assert_eq!(server.parent_span_id, reply.parent_span_id);
    assert_eq!(server.parent_is_remote, server.parent_span_id.is_some());

    let clients: Vec<_> = spans.iter().map(|span| &*span.span_id).collect();
    assert_eq!(clients, sent);
    for client in &spans {
        assert_eq!((&*client.name, &*client.kind), ("POST", "client"));
        assert_eq!(client.trace_id, reply.trace_id);
        assert_eq!(client.parent_span_id.as_ref(), Some(&reply.span_id));
        assert!(!client.parent_is_remote);
    }
}

/// Baggage with a trace and without one.
fn check_baggage_row(service: &Service, loopback: &Loopback, row: &BaggageRow) {
    for traceparent in [
        None,
        Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
        Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ] {
        let mut headers: Vec<_> = row.lines.iter().map(|line| ("baggage", *line)).collect();
        headers.extend(traceparent.map(|traceparent| ("traceparent", traceparent)));
        let Exchange { reply, callbacks } = exchange(service, loopback, row.name, &headers, 1);
        assert_eq!(reply.trace_id == rows::TRACE_ID, traceparent.is_some());
        assert_eq!(reply.baggage.as_deref(), row.sent);
        let sent = callbacks[0].only("baggage");
        assert_eq!(sent, row.sent);
        let sent: Baggage = sent.unwrap_or_default().parse().expect("valid baggage");
        assert!(sent.iter().eq(row.entries.iter().copied()), "{sent}");
    }
}

/// Sends all rows to one service, so that one failure does not hide another.
fn run<R>(rows: &[R], name: impl Fn(&R) -> &'static str, check: impl Fn(&Service, &Loopback, &R)) {
    let mut service = Service::start();
    let loopback = Loopback::start();
    let mut failed = Vec::new();
    for row in rows {
        if catch_unwind(AssertUnwindSafe(|| check(&service, &loopback, row))).is_err() {
            // The message of the panic stands above this line.
            eprintln!("in row {}", name(row));
            failed.push(name(row));
            // The spans of this row must not be read in the next one.
            service = Service::start();
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} rows: {failed:#?}",
        failed.len(),
        rows.len()
    );
    let (status, _) = service.stop();
    assert!(status.success(), "{status}");
}

#[test]
fn trace_context() {
    run(rows::TRACE_CONTEXT, |row| row.name, check_row);
}

#[test]
fn baggage() {
    run(rows::BAGGAGE, |row| row.name, check_baggage_row);
}
