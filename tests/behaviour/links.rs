//! What spans are linked to, and where nothing is linked.

use std::cell::Cell;
use std::collections::VecDeque;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use tracing_relay::testing::{Pipeline, PipelineEngine, Sampling, Span, Traces};
use tracing_relay::{
    AttributeValue, Carried, CarriesTrace, Extracted, Links, SpanLinks, TraceCarrier, TraceContext,
    assert_trace, carries_trace, request_span, task, traced,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[carries_trace]
#[derive(Clone)]
struct Message {
    number: u64,
}

/// A context of another process, whose span has this number.
fn context(number: u64) -> TraceContext {
    format!("00-{TRACE}-{number:016x}-01").parse().unwrap()
}

fn message(number: u64) -> Message {
    Message {
        number,
        trace: TraceCarrier::from(context(number)),
    }
}

fn batch(numbers: impl IntoIterator<Item = u64>) -> Vec<Message> {
    numbers.into_iter().map(message).collect()
}

/// The numbers of the spans that a span is linked to.
fn linked(span: &Span) -> Vec<u64> {
    let links = span.links().iter();
    let ids = links.map(|link| link.context().span_id().to_string());
    ids.map(|id| u64::from_str_radix(&id, 16).unwrap())
        .collect()
}

fn linked_in(traces: &Traces, name: &str) -> Vec<u64> {
    linked(&traces.span(name))
}

mod batches {
    use super::*;

    #[request_span(kind = "consumer", carrier = none, links = batch)]
    fn process(batch: Vec<Message>) -> u64 {
        batch.iter().map(|message| message.number).sum()
    }

    #[request_span(kind = "consumer", carrier = none, links = batch)]
    async fn process_slice(batch: &[Message]) -> usize {
        tokio::task::yield_now().await;
        batch.len()
    }

    #[traced(links = batch)]
    fn process_later(batch: Vec<Message>) -> impl Future<Output = usize> {
        drop(batch);
        async { 1 }
    }

    #[traced(links = batch)]
    fn process_in_one_block(batch: Vec<Message>) -> Pin<Box<dyn Future<Output = usize>>> {
        Box::pin(async move { batch.len() })
    }

    #[test]
    fn a_batch_is_linked_to_each_message_and_is_the_child_of_none() {
        Pipeline::new().run(async |traces| {
            assert_eq!(process(batch(1..=2)), 3);
            assert_eq!(process_slice(&batch(3..=4)).await, 2);
            assert_eq!(process_later(batch(5..=6)).await, 1);
            assert_eq!(process_in_one_block(batch(7..=8)).await, 2);
            assert_trace!(
                traces,
                "
                consumer process ~> 0000000000000001 ~> 0000000000000002

                consumer process_slice ~> 0000000000000003 ~> 0000000000000004

                internal process_later ~> 0000000000000005 ~> 0000000000000006

                internal process_in_one_block ~> 0000000000000007 ~> 0000000000000008
                "
            );
        });
    }

    #[test]
    fn the_span_of_a_batch_stays_the_child_of_what_is_current() {
        #[traced]
        fn poll() {
            process(batch(1..=1));
        }
        Pipeline::new().run_sync(|traces| {
            poll();
            assert_trace!(
                traces,
                "
                internal poll
                  consumer process ~> 0000000000000001
                "
            );
        });
    }

    #[test]
    fn a_link_has_the_trace_of_the_message_and_says_that_it_came_from_elsewhere() {
        Pipeline::new().run_sync(|traces| {
            let state = "vendor=value".parse().unwrap();
            let created = context(1).with_tracestate(Some(state));
            process(vec![Message {
                number: 1,
                trace: TraceCarrier::from(created.clone()),
            }]);
            let span = traces.span("process");
            let link = span.links().first().unwrap();
            assert_eq!(*link.context(), created);
            assert!(link.context().is_remote());
            assert!(link.attributes().is_empty());
            assert_ne!(span.trace_id().to_string(), TRACE);
        });
    }

    #[test]
    fn messages_of_one_span_are_one_link() {
        Pipeline::new().run_sync(|traces| {
            process(batch([2, 1, 2, 2, 3, 1]));
            assert_eq!(linked_in(&traces, "process"), [2, 1, 3]);
        });
    }

    #[test]
    fn a_batch_that_is_larger_than_the_limit_is_linked_to_the_first_128() {
        Pipeline::new().run(async |traces| {
            process(batch(1..=2_000));
            assert_eq!(process_later(batch(1..=2_000)).await, 1);
            let first: Vec<_> = (1..=128).collect();
            assert_eq!(linked_in(&traces, "process"), first);
            assert_eq!(linked_in(&traces, "process_later"), first);
        });
    }
}

mod values {
    use super::*;

    macro_rules! link_to {
        ($($name:ident: $type:ty),+ $(,)?) => {$(
            #[traced(links = value)]
            fn $name(value: $type) {
                let _ = value;
            }
        )+};
    }

    link_to!(
        to_context: TraceContext,
        to_reference: &TraceContext,
        to_carrier: &TraceCarrier,
        to_message: Rc<Message>,
        to_envelope: Carried<u8>,
        to_headers: http::HeaderMap,
        to_some: Option<&Message>,
        to_array: [TraceContext; 2],
        to_array_behind: &[Option<TraceContext>; 2],
        to_slice: &[&TraceCarrier],
        to_exclusive: &mut [Message],
        to_queue: &VecDeque<Arc<Message>>,
        to_shared: Arc<[Message]>,
        to_boxed: Box<[Message]>,
        to_nested: Vec<[TraceContext; 2]>,
    );

    #[traced(links = values)]
    fn to_pattern((values, _): (&[Message], u8)) {
        let _ = values;
    }

    #[traced(links = values.iter().map(|value| &value.trace).collect::<Vec<_>>())]
    fn to_expression(values: &[Message]) {
        let _ = values;
    }

    #[traced(links = [first.clone(), second.clone().into()])]
    fn to_several(first: &TraceCarrier, second: TraceContext) {
        let _ = first;
    }

    #[test]
    fn what_carries_is_linked_in_whatever_it_is() {
        Pipeline::new().run_sync(|traces| {
            let (one, two) = (context(1), context(2));
            let carrier = TraceCarrier::from(context(1));
            to_context(one.clone());
            to_reference(&one);
            to_carrier(&carrier);
            to_message(Rc::new(message(1)));
            to_envelope(Carried::with_carrier(1, carrier.clone()));
            let mut headers = http::HeaderMap::new();
            headers.insert("traceparent", one.traceparent().as_str().parse().unwrap());
            to_headers(headers);
            to_some(Some(&message(1)));
            let ones = traces.spans();
            assert_eq!(ones.len(), 7);
            for span in &ones {
                assert_eq!(linked(span), [1], "{}", span.name());
            }
            traces.clear();

            to_array([one.clone(), two.clone()]);
            to_array_behind(&[Some(one.clone()), Some(two.clone())]);
            to_slice(&[&carrier, &TraceCarrier::from(two.clone())]);
            to_exclusive(&mut batch(1..=2));
            to_queue(&batch(1..=2).into_iter().map(Arc::new).collect());
            to_shared(batch(1..=2).into());
            to_boxed(batch(1..=2).into());
            to_nested(vec![[one.clone(), one], [two.clone(), two.clone()]]);
            to_pattern((&batch(1..=2), 0));
            to_expression(&batch(1..=2));
            to_several(&carrier, two);
            let twos = traces.spans();
            assert_eq!(twos.len(), 11);
            for span in &twos {
                assert_eq!(linked(span), [1, 2], "{}", span.name());
            }
        });
    }

    #[test]
    fn what_carries_nothing_is_no_link() {
        Pipeline::new().run_sync(|traces| {
            to_some(None);
            to_array_behind(&[None, None]);
            to_carrier(&TraceCarrier::none());
            to_slice(&[]);
            for span in traces.spans() {
                assert!(span.links().is_empty(), "{}", span.name());
            }
            assert_eq!(traces.spans().len(), 4);
        });
    }
}

mod invalid {
    use super::*;

    #[request_span(links = batch)]
    fn handle(carrier: Extracted, batch: &[Extracted]) {
        let _ = (carrier, batch);
    }

    #[traced(links = batch)]
    async fn handle_later(batch: Vec<Extracted>) {
        drop(batch);
    }

    fn invalid() -> Extracted {
        let mut headers = http::HeaderMap::new();
        headers.insert("traceparent", "00-0-0-0".parse().unwrap());
        headers.extract()
    }

    fn warnings(traces: &Traces) -> usize {
        traces
            .logs()
            .matches("ignoring an invalid trace carrier")
            .count()
    }

    #[test]
    fn what_is_invalid_is_no_link_and_is_warned_of_once_for_the_span() {
        Pipeline::new().capture_logs().run_sync(|traces| {
            let found = [invalid(), Extracted::valid(context(1)), invalid()];
            handle(Extracted::valid(context(2)), &found);
            assert_eq!(linked_in(&traces, "handle"), [1]);
            assert_eq!(warnings(&traces), 1, "{}", traces.logs());
            assert_trace!(
                traces,
                "server handle <- remote 0000000000000002 ~> 0000000000000001"
            );
        });
    }

    #[test]
    fn what_is_invalid_is_warned_of_where_the_span_opens_later() {
        Pipeline::new().capture_logs().run(async |traces| {
            handle_later(vec![invalid()]).await;
            assert!(traces.span("handle_later").links().is_empty());
            assert_eq!(warnings(&traces), 1, "{}", traces.logs());
        });
    }
}

mod attributes {
    use super::*;

    struct Batch(Vec<Message>);

    impl SpanLinks for Batch {
        fn add_to(&self, links: &mut Links) {
            for message in &self.0 {
                let attributes = [
                    (
                        "messaging.message.id",
                        AttributeValue::Display(&message.number),
                    ),
                    ("number", AttributeValue::F64(0.5)),
                    ("first", AttributeValue::Bool(message.number == 1)),
                    ("nothing", AttributeValue::Absent),
                ];
                links.add_with(message, &attributes);
            }
        }
    }

    #[traced(links = batch)]
    fn process(batch: Batch) -> usize {
        batch.0.len()
    }

    #[traced(links = *batch)]
    async fn process_later(batch: &Batch) -> usize {
        batch.0.len()
    }

    #[test]
    fn links_have_the_attributes_that_a_type_gives_them() {
        Pipeline::new().run(async |traces| {
            assert_eq!(process(Batch(batch(1..=2))), 2);
            assert_eq!(process_later(&Batch(batch(1..=2))).await, 2);
            for name in ["process", "process_later"] {
                let span = traces.span(name);
                assert_eq!(linked(&span), [1, 2]);
                for (number, link) in span.links().iter().enumerate() {
                    let expected = [
                        ("messaging.message.id", (number + 1).to_string().into()),
                        ("number", 0.5.into()),
                        ("first", (number == 0).into()),
                    ];
                    let attributes = link.attributes().iter();
                    let attributes: Vec<_> = attributes
                        .map(|(key, value)| (key.as_str(), value.clone()))
                        .collect();
                    assert_eq!(attributes, expected);
                }
            }
        });
    }
}

mod unwanted {
    use super::*;

    thread_local! {
        static ASKED: Cell<u32> = const { Cell::new(0) };
        static READ: Cell<u32> = const { Cell::new(0) };
    }

    /// Counts how often it is looked into.
    struct Watched;

    impl SpanLinks for Watched {
        fn add_to(&self, links: &mut Links) {
            READ.set(READ.get() + 1);
            links.add(&context(1));
        }
    }

    /// What another test has counted on this thread.
    fn forget() {
        ASKED.set(0);
        READ.set(0);
    }

    fn watched() -> Watched {
        ASKED.set(ASKED.get() + 1);
        Watched
    }

    #[traced(level = "debug", links = watched())]
    fn step() {}

    #[request_span(level = "debug", links = watched())]
    fn handle(carrier: Extracted) {
        let _ = carrier;
    }

    #[traced(level = "debug", links = watched())]
    fn later() -> impl Future<Output = ()> {
        async {}
    }

    #[test]
    fn links_are_read_once_where_the_span_is_recorded() {
        forget();
        Pipeline::new().run(async |traces| {
            step();
            later().await;
            handle(Extracted::valid(context(2)));
            assert_eq!(traces.spans().len(), 3);
        });
        assert_eq!((ASKED.get(), READ.get()), (3, 3));
    }

    #[test]
    fn the_engine_does_not_read_the_links_of_a_span_that_it_does_not_sample() {
        forget();
        let pipeline = Pipeline::new().engine(PipelineEngine::Own);
        pipeline.sampling(Sampling::Never).run_sync(|traces| {
            step();
            handle(Extracted::absent());
            assert!(traces.spans().is_empty());
        });
        assert_eq!(READ.get(), 0);
    }

    #[test]
    fn without_opentelemetry_there_are_no_links_and_nothing_breaks() {
        let pipeline = Pipeline::new().without_opentelemetry().capture_logs();
        pipeline.run_sync(|traces| {
            handle(Extracted::valid(context(2)));
            assert!(traces.spans().is_empty());
        });
    }
}

#[test]
fn work_that_was_detached_is_linked_to_its_spawner_first() {
    #[traced(links = context(1))]
    async fn detached() {}

    #[traced]
    async fn spawner() {
        task::detach(detached()).await.unwrap();
    }

    Pipeline::new().run(async |traces| {
        spawner().await;
        assert_trace!(
            traces,
            "
            internal spawner

            internal detached ~> spawner ~> 0000000000000001
            "
        );
    });
}
