//! Patterns in the place of parameters, whose names the options may mention.

use std::rc::Rc;

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, TraceContext, assert_trace, request_span, traced};

use super::{REMOTE, remote};

struct Pair<A, B>(A, B);

struct Envelope<T> {
    id: u64,
    body: T,
}

#[traced(fields(left, right = right.len(), id, first = %first))]
fn patterns(
    Pair(mut left, ref right): Pair<u32, String>,
    &Envelope {
        id,
        body: ref body_of_it,
    }: &Envelope<String>,
    [first, .., mut last]: [char; 3],
    _: Rc<u8>,
    whole @ (one, _): (u8, u8),
    mut text: String,
) -> String {
    left += 1;
    last = last.to_ascii_uppercase();
    text.push('!');
    format!("{left} {right} {id} {body_of_it} {first}{last} {whole:?} {one} {text}")
}

#[traced(fields(left, right = right.len(), id, first = %first))]
async fn async_patterns(
    Pair(mut left, ref right): Pair<u32, String>,
    &Envelope {
        id,
        body: ref body_of_it,
    }: &Envelope<String>,
    [first, .., mut last]: [char; 3],
    _: Rc<u8>,
    whole @ (one, _): (u8, u8),
    mut text: String,
) -> String {
    tokio::task::yield_now().await;
    left += 1;
    last = last.to_ascii_uppercase();
    text.push('!');
    format!("{left} {right} {id} {body_of_it} {first}{last} {whole:?} {one} {text}")
}

#[traced(fields(left, id))]
fn returned_patterns(
    Pair(mut left, right): Pair<u32, String>,
    &Envelope { id, body: _ }: &Envelope<String>,
    mut text: String,
) -> impl Future<Output = String> + use<> {
    async move {
        left += 1;
        text.push('!');
        format!("{left} {right} {id} {text}")
    }
}

#[tracing_relay::test]
async fn patterns_in_parameters(traces: Traces) {
    let pair = || Pair(1, "right".to_owned());
    let envelope = Envelope {
        id: 9,
        body: "body".to_owned(),
    };
    let text = || "text".to_owned();
    let expected = "2 right 9 body aC (1, 2) 1 text!";
    let letters = ['a', 'b', 'c'];
    assert_eq!(
        patterns(pair(), &envelope, letters, Rc::new(1), (1, 2), text()),
        expected
    );
    assert_eq!(
        async_patterns(pair(), &envelope, letters, Rc::new(1), (1, 2), text()).await,
        expected
    );
    assert_eq!(
        returned_patterns(pair(), &envelope, text()).await,
        "2 right 9 text!"
    );
    assert_trace!(
        traces,
        r#"
        unordered
        internal patterns {left=1, right=5, id=9, first="a"}

        internal async_patterns {left=1, right=5, id=9, first="a"}

        internal returned_patterns {left=1, id=9}
        "#
    );
}

/// A message with its carrier, taken apart by its handlers.
struct Message {
    number: u32,
    trace: TraceCarrier,
}

#[request_span(carrier = trace)]
fn taken_apart(Message { number, trace }: Message) -> (u32, TraceCarrier) {
    (number, trace)
}

#[request_span(kind = "client", carrier = trace)]
async fn taken_apart_to_send(Message { number, trace }: Message) -> (u32, TraceCarrier) {
    (number, trace)
}

#[tracing_relay::test]
async fn a_carrier_inside_a_pattern_is_read_and_stamped(traces: Traces) {
    let message = || Message {
        number: 3,
        trace: remote(),
    };
    let (number, received) = taken_apart(message());
    let (_, sent) = taken_apart_to_send(message()).await;
    let server = traces.span("taken_apart");
    let client = traces.span("taken_apart_to_send");
    assert_eq!(number, 3);
    assert_eq!(server.trace_id().to_string(), &REMOTE[3..35]);
    assert_eq!(
        received.context().map(TraceContext::span_id),
        Some(server.span_id())
    );
    assert_eq!(client.parent(), None);
    assert_eq!(
        sent.context().map(TraceContext::span_id),
        Some(client.span_id())
    );
}
