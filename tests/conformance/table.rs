//! Runs the rows through the codec, with the headers of HTTP around it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use http::{HeaderMap, HeaderName, HeaderValue};
use tracing_relay::{
    Baggage, CarriesTrace, CarriesTraceMut, SpanId, TraceContext, TraceFlags, TraceId,
};

use crate::checker;
use crate::rows::{self, BaggageRow, Row, Trace};

/// The headers of a request, names in any case.
fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::try_from(*name).expect("a header name");
        // Lines are bytes on the wire; text beyond ASCII is allowed there.
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
        headers.append(name, value);
    }
    headers
}

/// What a service with a span of its own sends in its `number`th request.
fn forwarded(request: &HeaderMap, number: u8) -> HeaderMap {
    let span_id = SpanId::from_bytes([0xee, 0, 0, 0, 0, 0, 0, number]).expect("not zero");
    let found = request.extract();
    let context = match found.context() {
        Some(parent) => TraceContext::new(parent.trace_id(), span_id, parent.flags())
            .with_tracestate(parent.tracestate().cloned()),
        None => TraceContext::new(
            TraceId::from_bytes([0xee; 16]).expect("not zero"),
            span_id,
            TraceFlags::new(1),
        ),
    };
    // What the service received must not shine through.
    let mut sent = request.clone();
    sent.inject(&context.with_baggage(found.baggage().clone()));
    sent
}

/// The only line of a header, if there is one.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    assert!(lines.len() <= 1, "{name} is sent once: {lines:?}");
    lines.first().map(|line| line.to_str().expect("ASCII"))
}

fn check_row(row: &Row) {
    let request = headers(row.request);
    let mut span_ids = BTreeSet::from([rows::SPAN_ID.to_owned()]);
    for number in 1..=row.callbacks {
        let sent = forwarded(&request, u8::try_from(number).expect("few callbacks"));
        let traceparent = only(&sent, "traceparent").expect("a traceparent is sent");
        checker::check_traceparent(traceparent);
        let (trace_id, span_id, flags) = checker::parts(traceparent);
        assert!(span_ids.insert(span_id.to_owned()), "{span_id} is new");
        match row.trace {
            Trace::Continued { flags: expected } => {
                assert_eq!(trace_id, rows::TRACE_ID);
                if let Some(expected) = expected {
                    assert_eq!(flags & 0x03, expected);
                }
            }
            Trace::New => assert_ne!(trace_id, rows::TRACE_ID),
        }
        assert_eq!(only(&sent, "tracestate"), row.tracestate);
        row.tracestate.map(checker::check_tracestate);
        assert_eq!(only(&sent, "baggage"), row.baggage);
    }
}

fn check_baggage_row(row: &BaggageRow) {
    let mut request = headers(&[("traceparent", "00-1-2-01")]);
    for line in row.lines {
        let line = HeaderValue::from_bytes(line.as_bytes()).expect("a header value");
        request.append("baggage", line);
    }
    let found = request.extract();
    let entries: Vec<_> = found.baggage().iter().collect();
    assert_eq!(entries, row.entries);
    let sent = forwarded(&request, 1);
    assert_eq!(only(&sent, "baggage"), row.sent);

    if let Some(sent) = row.sent {
        checker::check_baggage(sent);
        let again: Baggage = sent.parse().expect("what is sent is within the grammar");
        assert_eq!(&again, found.baggage());
        assert_eq!(again.to_string(), sent);
    }
}

/// Runs all rows, so that one failure does not hide another.
fn run<R>(rows: &[R], name: impl Fn(&R) -> &'static str, check: impl Fn(&R)) {
    let mut names = BTreeSet::new();
    let mut failed = Vec::new();
    for row in rows {
        assert!(names.insert(name(row)), "{} is there twice", name(row));
        if catch_unwind(AssertUnwindSafe(|| check(row))).is_err() {
            // The message of the panic stands above this line.
            eprintln!("in row {}", name(row));
            failed.push(name(row));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} rows: {failed:#?}",
        failed.len(),
        rows.len()
    );
}

#[test]
fn trace_context() {
    run(rows::TRACE_CONTEXT, |row| row.name, check_row);
}

#[test]
fn baggage() {
    run(rows::BAGGAGE, |row| row.name, check_baggage_row);
}

/// The harness of the W3C has 41 kinds of cases; the rows must not fall behind.
#[test]
fn there_are_rows_for_all_kinds_of_cases() {
    assert!(rows::TRACE_CONTEXT.len() >= 100);
    assert!(rows::BAGGAGE.len() >= 25);
}
