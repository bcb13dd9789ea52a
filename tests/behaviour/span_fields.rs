//! Types that say themselves which of their fields are attributes of a span.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::{self, Stream, StreamExt as _};
use tracing_relay::testing::Traces;
use tracing_relay::{
    AttributeValue, CarriesTrace, Extracted, FieldValues, SpanFields, TraceCarrier, assert_trace,
    carries_trace, request_span, traced, wire::w3c,
};

use super::values::{Mode, Shown};

#[derive(SpanFields)]
struct ClientInfo {
    #[field("app.client.name")]
    name: &'static str,
    #[allow(dead_code, reason = "it is not recorded")]
    token: &'static str,
}

#[derive(SpanFields)]
struct TurnStart {
    #[field("thread.id")]
    thread_id: String,
    #[field(?)]
    mode: Mode,
    #[fields]
    client: Option<ClientInfo>,
    #[field]
    r#type: Option<Shown>,
    #[field("app.count", %)]
    count: u64,
    input: String,
}

impl TurnStart {
    fn new(client: Option<ClientInfo>) -> Self {
        Self {
            thread_id: "thread-1".to_owned(),
            mode: Mode::Fast,
            client,
            r#type: Some(Shown(2)),
            count: 3,
            input: "secret".to_owned(),
        }
    }
}

const CLIENT: ClientInfo = ClientInfo {
    name: "vscode",
    token: "secret",
};

#[traced(fields(app.id = id), late(turn_id: str = "turn.id"), on_ok(|length| app.length = length))]
fn start(id: u8, #[fields] params: TurnStart) -> usize {
    let _ = id;
    turn_id.record("turn-7");
    params.input.len()
}

#[tracing_relay::test]
fn what_is_marked_is_recorded_and_nothing_else(traces: Traces) {
    assert_eq!(start(1, TurnStart::new(Some(CLIENT))), 6);
    let span = traces.span("start");
    let keys: Vec<_> = span
        .attributes()
        .iter()
        .map(|(key, _)| key.as_str())
        .collect();
    assert!(
        !keys.contains(&"input") && !keys.contains(&"token"),
        "{keys:?}"
    );
    assert_trace!(
        traces,
        r#"internal start {app.id=1, thread.id="thread-1", mode="Fast", app.client.name="vscode", type="shown 2", app.count="3", turn.id="turn-7", app.length=6} => completed"#
    );
}

#[tracing_relay::test]
fn a_part_that_is_absent_does_not_shift_what_comes_after(traces: Traces) {
    start(1, TurnStart::new(None));
    assert_trace!(
        traces,
        r#"internal start {app.id=1, thread.id="thread-1", mode="Fast", !app.client.name, type="shown 2", app.count="3", turn.id="turn-7", app.length=6} => completed"#
    );
}

/// Tuple structs and types with parameters.
mod generics {
    use super::*;

    #[derive(SpanFields)]
    struct Id(#[field("the.id")] u64, #[allow(dead_code)] u64);

    #[derive(SpanFields)]
    struct Envelope<'a, T, const N: usize> {
        #[field("the.kind")]
        kind: &'a str,
        #[fields]
        part: T,
        #[field("the.list", ?)]
        list: [u8; N],
    }

    #[derive(SpanFields)]
    struct Values<A, B, C> {
        #[field("plain")]
        plain: A,
        #[field("shown", %)]
        shown: B,
        #[field("debugged", ?)]
        debugged: Option<C>,
    }

    #[traced]
    fn read<'a>(
        #[fields] envelope: &'a Envelope<'a, Option<Id>, 2>,
        #[fields] values: Values<u8, char, Mode>,
    ) -> &'a str {
        let _ = values;
        envelope.kind
    }

    #[tracing_relay::test]
    fn types_with_parameters_have_their_fields(traces: Traces) {
        let envelope = Envelope {
            kind: "start",
            part: Some(Id(7, 8)),
            list: [1, 2],
        };
        let values = Values {
            plain: 1,
            shown: 'x',
            debugged: Some(Mode::Fast),
        };
        assert_eq!(read(&envelope, values), "start");
        assert_trace!(
            traces,
            r#"internal read {the.kind="start", the.id=7, the.list="[1, 2]", plain=1, shown="x", debugged="Some(Fast)"} => completed"#
        );
    }
}

#[derive(SpanFields)]
enum Op {
    Start {
        #[field("turn.id")]
        id: u64,
        #[field(?)]
        mode: Mode,
    },
    Stop(#[field("turn.id")] u64, #[field("reason")] &'static str),
    Ping,
}

#[tracing_relay::test]
fn a_variant_has_the_keys_that_it_has(traces: Traces) {
    #[traced]
    fn dispatch(#[fields] op: &Op) {
        let _ = op;
    }
    dispatch(&Op::Start {
        id: 1,
        mode: Mode::Fast,
    });
    dispatch(&Op::Stop(2, "asked"));
    dispatch(&Op::Ping);
    assert_eq!(Op::KEYS, ["turn.id", "mode", "reason"]);
    assert_trace!(
        traces,
        r#"
        internal dispatch {turn.id=1, mode="Fast", !reason} => completed

        internal dispatch {turn.id=2, !mode, reason="asked"} => completed

        internal dispatch {!turn.id, !mode, !reason} => completed
        "#
    );
}

/// Implemented by hand, with a value too few or too many.
struct Wrong(usize);

impl SpanFields for Wrong {
    const KEYS: &'static [&'static str] = &["first", "second"];

    fn values<'a>(&'a self, out: &mut FieldValues<'a>) {
        (0..self.0).for_each(|_| out.push(AttributeValue::Bool(true)));
    }
}

#[tracing_relay::test]
fn values_that_are_missing_or_too_many_do_not_shift_those_of_others(traces: Traces) {
    #[traced(otel_name = name, on_ok(after = 1))]
    fn wrong(#[fields] wrong: Rc<Wrong>, name: &str, #[fields] id: Arc<ClientInfo>) -> usize {
        let _ = (wrong, id);
        name.len()
    }
    wrong(Rc::new(Wrong(1)), "few", Arc::new(CLIENT));
    wrong(Rc::new(Wrong(3)), "many", Arc::new(CLIENT));
    assert_trace!(
        traces,
        r#"
        internal few {first=true, !second, app.client.name="vscode", after=1} => completed

        internal many {first=true, second=true, app.client.name="vscode", after=1} => completed
        "#
    );
}

mod shapes {
    use super::*;

    #[carries_trace(serde = false)]
    #[derive(SpanFields)]
    struct Message {
        #[field("message.number")]
        number: u64,
    }

    impl Message {
        fn of(number: u64) -> Self {
            Self {
                number,
                trace: TraceCarrier::none(),
            }
        }
    }

    #[request_span(conventions = "jsonrpc", fields(rpc.method = method))]
    async fn asynchronous(#[fields] mut message: Message, method: &str) -> u64 {
        tokio::task::yield_now().await;
        message.number += method.len() as u64;
        message.number
    }

    #[traced(late(seen: u64 = "seen"))]
    fn returned(#[fields] message: &Message) -> impl Future<Output = u64> {
        async move {
            seen.record(&message.number);
            message.number
        }
    }

    #[traced]
    fn returned_after_work(#[fields] message: Message) -> impl Future<Output = u64> {
        let number = message.number;
        async move { number }
    }

    #[traced]
    fn boxed<'a>(
        #[fields] message: &'a mut Message,
    ) -> Pin<Box<dyn Future<Output = u64> + Send + 'a>> {
        Box::pin(async move { message.number })
    }

    #[traced]
    fn streamed(#[fields] message: Message) -> impl Stream<Item = u64> {
        stream::iter([message.number])
    }

    #[async_trait]
    trait Service {
        async fn call(&self, message: &Message) -> u64;
    }

    struct Server;

    #[async_trait]
    impl Service for Server {
        #[request_span]
        async fn call(&self, #[fields] message: &Message) -> u64 {
            message.number
        }
    }

    #[tracing_relay::test]
    async fn each_form_of_function_has_the_fields(traces: Traces) {
        assert_eq!(asynchronous(Message::of(1), "a/b").await, 4);
        assert_eq!(returned(&Message::of(2)).await, 2);
        assert_eq!(returned_after_work(Message::of(3)).await, 3);
        assert_eq!(boxed(&mut Message::of(4)).await, 4);
        assert_eq!(streamed(Message::of(5)).collect::<Vec<_>>().await, [5]);
        assert_eq!(Server.call(&Message::of(6)).await, 6);
        assert_trace!(
            traces,
            r#"
            server a/b {rpc.method="a/b", rpc.system.name="jsonrpc", message.number=1} => completed

            internal returned {message.number=2, seen=2} => completed

            internal returned_after_work {message.number=3} => completed

            internal boxed {message.number=4} => completed

            internal streamed {message.number=5} => completed

            server call {message.number=6} => completed
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

#[tracing_relay::test(logs = true)]
fn a_warning_has_the_fields_of_the_type(traces: Traces) {
    #[request_span(fields(id = 1))]
    fn warned(#[fields] client: ClientInfo, _header: &Header) {
        let _ = client;
    }
    warned(CLIENT, &Header);
    let logs = traces.logs();
    let warning = logs.lines().find(|line| line.contains("WARN")).unwrap();
    assert!(
        warning.contains(r#"fields="id=1 app.client.name=vscode""#),
        "{warning}"
    );
}
