//! What each option does to the span, and to what travels.

use tracing_relay::testing::{Pipeline, Traces};
use tracing_relay::{
    TraceCarrier, TraceContext, assert_trace, carries_trace, current_baggage, request_span, traced,
};

const TRUSTED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[carries_trace]
struct Message {
    number: u64,
}

impl Message {
    fn received() -> Self {
        let context: TraceContext = TRUSTED.parse().unwrap();
        Self {
            number: 1,
            trace: TraceCarrier::from(context),
        }
    }

    fn span_id(&self) -> Option<String> {
        Some(self.trace.context()?.span_id().to_string())
    }

    fn trace_id(&self) -> Option<String> {
        Some(self.trace.context()?.trace_id().to_string())
    }
}

#[traced(kind = "consumer")]
fn consume(message: Message) -> u64 {
    message.number
}

mod restamp {
    use super::*;

    #[request_span]
    fn forward(message: Message) -> u64 {
        consume(message)
    }

    #[request_span(restamp = false)]
    fn forward_as_it_came(message: Message) -> Option<String> {
        let span_id = message.span_id();
        consume(message);
        span_id
    }

    #[request_span(carrier = message.trace)]
    fn forward_a_named_carrier(message: Message) -> Option<String> {
        message.span_id()
    }

    #[request_span]
    fn look(message: &Message) -> Option<String> {
        message.span_id()
    }

    #[tracing_relay::test]
    fn what_a_handler_forwards_is_its_child(traces: Traces) {
        assert_eq!(forward(Message::received()), 1);
        assert_trace!(
            traces,
            "
            server forward <- remote b7ad6b7169203331
              consumer consume
            "
        );
    }

    #[tracing_relay::test]
    fn a_message_that_is_not_restamped_stays_as_it_came(traces: Traces) {
        let kept = forward_as_it_came(Message::received());
        assert_eq!(kept.as_deref(), Some("b7ad6b7169203331"));
        assert_eq!(
            traces.span("consume").parent(),
            traces.span("forward_as_it_came").parent()
        );
    }

    #[tracing_relay::test]
    fn a_named_carrier_is_restamped_too(traces: Traces) {
        let own = forward_a_named_carrier(Message::received());
        let span = traces.span("forward_a_named_carrier");
        assert_eq!(own, Some(span.span_id().to_string()));
    }

    #[request_span]
    fn perhaps(message: Option<Message>) -> Option<String> {
        message?.span_id()
    }

    #[tracing_relay::test]
    fn a_message_that_may_be_absent_is_restamped_where_it_is_there(traces: Traces) {
        assert_eq!(perhaps(None), None);
        let own = perhaps(Some(Message::received()));
        let span = traces.spans().pop().unwrap();
        assert_eq!(own, Some(span.span_id().to_string()));
    }

    #[tracing_relay::test]
    fn a_borrowed_message_stays_as_it_came(traces: Traces) {
        let kept = look(&Message::received());
        assert_eq!(kept.as_deref(), Some("b7ad6b7169203331"));
        assert_eq!(traces.exported(), ["look"]);
    }
}

mod trust {
    use super::*;

    #[request_span(trust = authenticated)]
    fn mint(message: Message, authenticated: bool) -> Option<String> {
        assert!(authenticated || current_baggage().is_empty());
        assert_eq!(TraceCarrier::capture().context(), message.trace.context());
        message.trace_id()
    }

    #[tracing_relay::test]
    fn a_caller_that_is_trusted_is_the_parent(traces: Traces) {
        let trace_id = mint(Message::received(), true);
        assert_eq!(
            trace_id.as_deref(),
            Some("0af7651916cd43dd8448eb211c80319c")
        );
        assert_trace!(traces, "server mint <- remote b7ad6b7169203331");
    }

    #[tracing_relay::test]
    fn a_caller_that_is_not_trusted_starts_a_new_trace(traces: Traces) {
        let mut message = Message::received();
        let context = message.trace.context().unwrap().clone();
        let baggage = "user=mallory".parse().unwrap();
        message.trace = TraceCarrier::from(context.with_baggage(baggage));
        let trace_id = mint(message, false).unwrap();
        assert_ne!(trace_id, "0af7651916cd43dd8448eb211c80319c");
        assert_trace!(traces, "server mint");
        assert_eq!(traces.span("mint").trace_id().to_string(), trace_id);
    }
}

mod outbound {
    use super::*;

    #[traced(kind = "producer")]
    fn send(message: Message) -> Message {
        message
    }

    #[traced(kind = "client")]
    async fn call(path: &str, message: &mut Message) -> usize {
        path.len() + usize::from(message.trace.context().is_some())
    }

    #[traced(kind = "client", carrier = request.1)]
    fn call_named(request: &mut (u64, TraceCarrier)) -> u64 {
        request.0
    }

    #[tracing_relay::test]
    async fn the_context_of_the_span_is_written_into_what_it_sends(traces: Traces) {
        let sent = send(Message::received());
        assert_eq!(
            sent.span_id(),
            Some(traces.span("send").span_id().to_string())
        );

        let mut message = Message::received();
        assert_eq!(call("path", &mut message).await, 5);
        assert_eq!(
            message.span_id(),
            Some(traces.span("call").span_id().to_string())
        );

        let mut request = (3, TraceCarrier::none());
        assert_eq!(call_named(&mut request), 3);
        let context = request.1.context().unwrap();
        assert_eq!(context.span_id(), traces.span("call_named").span_id());
        assert_trace!(
            traces,
            "
            producer send

            client call

            client call_named
            "
        );
    }

    #[test]
    fn without_a_span_what_is_sent_has_the_context_that_is_current() {
        #[request_span]
        fn handle(message: &Message) -> (Message, Message) {
            let empty = Message {
                number: message.number,
                trace: TraceCarrier::none(),
            };
            let mut set = Message::received();
            set.trace = TraceCarrier::from(
                "00-00000000000000000000000000000077-0000000000000088-01"
                    .parse::<TraceContext>()
                    .unwrap(),
            );
            (send(empty), send(set))
        }
        Pipeline::new().without_subscriber().run_sync(|traces| {
            let (filled, kept) = handle(&Message::received());
            assert_eq!(filled.span_id().as_deref(), Some("b7ad6b7169203331"));
            assert_eq!(kept.span_id().as_deref(), Some("0000000000000088"));
            assert!(traces.exported().is_empty());
        });
    }
}

mod log_lines {
    use super::*;

    #[request_span(fields(number = message.number))]
    fn handle(message: &Message) {
        tracing::info!("working on {}", message.number);
    }

    #[request_span(log_ids = false, target = "relay::quiet", level = "debug")]
    fn handle_without_ids(message: &Message) {
        tracing::info!("working on {}", message.number);
    }

    #[tracing_relay::test(logs = true)]
    fn the_ids_are_in_every_line_of_the_handler(traces: Traces) {
        handle(&Message::received());
        let span = traces.span("handle");
        let logs = traces.logs();
        let line = logs.lines().next().unwrap();
        assert!(line.contains("number=1"), "{line}");
        assert!(
            line.contains("trace_id=0af7651916cd43dd8448eb211c80319c"),
            "{line}"
        );
        assert!(
            line.contains(&format!("span_id={}", span.span_id())),
            "{line}"
        );
    }

    #[tracing_relay::test(logs = true)]
    fn they_can_be_turned_off(traces: Traces) {
        handle_without_ids(&Message::received());
        let logs = traces.logs();
        assert!(
            !logs.contains("trace_id") && !logs.contains("span_id"),
            "{logs}"
        );
        let span = traces.span("handle_without_ids");
        assert_eq!(span.attribute("trace_id"), None);
    }

    #[tracing_relay::test(logs = true, level = "info")]
    fn a_span_below_the_level_is_not_made(traces: Traces) {
        handle_without_ids(&Message::received());
        assert!(traces.exported().is_empty());
        assert!(traces.logs().contains("working on 1"));
    }
}
