//! Operations that are tried again: each attempt is a trace of its own, linked to the one before.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use tracing_relay::testing::{LevelFilter, Pipeline, Sampling, Traces, Value};
use tracing_relay::{
    Attempt, Extracted, SpanId, TraceCarrier, TraceContext, TraceId, TraceScope, assert_trace,
    current_baggage, current_context, current_trace_id, relay_traced, request_span, semconv,
    set_current_baggage, task, traced,
};

const SECOND: Duration = Duration::from_secs(1);

/// What a transport delivers.
fn received(flags: &str) -> Extracted {
    let context = format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{flags}");
    Extracted::valid(context.parse().unwrap())
}

#[traced(links = attempt)]
fn connect(attempt: &Attempt) -> Option<TraceId> {
    inner();
    let current = current_context();
    assert_eq!(attempt.context().as_ref().map(id), current.as_ref().map(id));
    current_trace_id()
}

#[traced]
fn inner() {}

#[traced]
fn user<R>(body: impl FnOnce() -> R) -> R {
    body()
}

fn id(context: &TraceContext) -> (TraceId, SpanId) {
    (context.trace_id(), context.span_id())
}

/// Delay and reason of the only link of the last span of this name, and where it leads.
fn retry(traces: &Traces, name: &str) -> (Value, Value, (TraceId, SpanId)) {
    let spans = traces.spans();
    let span = spans.iter().rfind(|span| span.name() == name).unwrap();
    let [link] = span.links() else {
        panic!("one link: {:?}", span.links());
    };
    let [delay, reason] = link.attributes() else {
        panic!("two attributes: {:?}", link.attributes());
    };
    assert_eq!(delay.0, semconv::RETRY_DELAY_MS);
    assert_eq!(reason.0, semconv::RETRY_REASON);
    let to = id(link.context());
    (delay.1.clone(), reason.1.clone(), to)
}

mod chains {
    use super::*;

    #[traced(name = "attempt", links = attempt)]
    async fn later(attempt: &Attempt) -> Option<TraceId> {
        tokio::task::yield_now().await;
        inner();
        current_trace_id()
    }

    #[traced(name = "attempt", links = attempt)]
    fn returned(attempt: &Attempt) -> impl Future<Output = Option<TraceId>> + use<> {
        let _ = attempt;
        async {
            tokio::task::yield_now().await;
            inner();
            current_trace_id()
        }
    }

    #[traced(name = "attempt", links = attempt)]
    fn boxed(attempt: Attempt) -> Pin<Box<dyn Future<Output = Option<TraceId>> + Send>> {
        Box::pin(async move {
            drop(attempt);
            inner();
            current_trace_id()
        })
    }

    #[traced(name = "attempt", links = attempt)]
    fn sync(attempt: &Attempt) -> Option<TraceId> {
        inner();
        current_trace_id()
    }

    #[test]
    fn each_attempt_is_a_root_that_is_linked_to_the_one_before() {
        for pipeline in [Pipeline::new(), Pipeline::new().worker_threads(2)] {
            pipeline.run(async |traces| {
                user(|| ());
                let first = Attempt::first();
                let mut roots = vec![sync(&first)];
                let second = first.retry_after(SECOND, "refused");
                roots.push(later(&second).await);
                let third = second.retry_after(2 * SECOND, format_args!("status {}", 503));
                roots.push(returned(&third).await);
                let fourth = third.retry_after(3 * SECOND, "closed");
                assert_eq!([&first, &fourth].map(Attempt::number), [1, 4]);
                roots.push(boxed(fourth).await);
                roots.sort();
                roots.dedup();
                assert_eq!(roots.len(), 4);
                assert_trace!(
                    traces,
                    "
                    internal user

                    internal attempt
                      internal inner

                    internal attempt ~> attempt
                      internal inner

                    internal attempt ~> attempt
                      internal inner

                    internal attempt ~> attempt
                      internal inner
                    "
                );
                let (delay, reason, to) = retry(&traces, "attempt");
                assert_eq!(delay, Value::from(3_000));
                assert_eq!(reason, Value::from("closed"));
                assert_eq!(to, id(&third.context().unwrap()));
            });
        }
    }

    #[test]
    fn an_attempt_inside_other_spans_is_a_root_all_the_same() {
        #[traced]
        async fn session(attempt: &Attempt) {
            let mut traces = vec![current_trace_id(), sync(attempt), later(attempt).await];
            traces.push(returned(attempt).await);
            traces.push(tracing::info_span!("theirs").in_scope(|| sync(attempt)));
            traces.push(task::spawn(boxed(attempt.clone())).await.unwrap());
            traces.sort();
            traces.dedup();
            assert_eq!(traces.len(), 6);
        }
        Pipeline::new().run(async |traces| {
            session(&Attempt::default()).await;
            assert_trace!(
                traces,
                "
                unordered
                internal session
                  internal theirs

                internal attempt
                  internal inner

                internal attempt
                  internal inner

                internal attempt
                  internal inner

                internal attempt
                  internal inner

                internal attempt
                  internal inner
                "
            );
        });
    }

    #[test]
    fn the_attempt_after_700_others_is_linked_to_one() {
        Pipeline::new().run_sync(|traces| {
            let mut attempt = Attempt::first();
            for _ in 0..700 {
                sync(&attempt);
                attempt = attempt.retry_after(SECOND, "again");
            }
            assert_eq!(attempt.number(), 701);
            sync(&attempt);
            let spans = traces.spans();
            let attempts = spans.iter().filter(|span| span.name() == "attempt");
            let mut before = None;
            for span in attempts {
                let links = span.links().iter().map(|link| id(link.context()));
                assert_eq!(links.collect::<Vec<_>>(), Vec::from_iter(before));
                assert_eq!(span.parent(), None);
                before = Some((span.trace_id(), span.span_id()));
            }
        });
    }
}

#[test]
fn clones_are_the_same_attempt_in_other_tasks() {
    Pipeline::new().worker_threads(2).run(async |traces| {
        let attempt = Attempt::first();
        let clone = attempt.clone();
        task::spawn(async move { connect(&clone) }).await.unwrap();
        let began = attempt.context().unwrap();
        connect(&attempt.retry_after(SECOND, "again"));
        assert_eq!(retry(&traces, "connect").2, id(&began));
    });
}

#[test]
fn where_operations_share_an_attempt_the_next_is_linked_to_the_last() {
    Pipeline::new().run_sync(|traces| {
        let attempt = Attempt::first();
        connect(&attempt);
        let first = attempt.context();
        connect(&attempt);
        assert_ne!(first, attempt.context());
        connect(&attempt.retry_after(SECOND, "again"));
        let last = id(&attempt.context().unwrap());
        assert_eq!(retry(&traces, "connect").2, last);
    });
}

mod without_a_span {
    use super::*;

    #[traced(level = "debug", links = attempt)]
    fn quiet(attempt: &Attempt) -> Option<TraceContext> {
        let _ = attempt;
        current_context()
    }

    #[traced(level = "debug", links = attempt)]
    fn quiet_later(attempt: Attempt) -> impl Future<Output = Option<TraceContext>> {
        drop(attempt);
        async { current_context() }
    }

    #[request_span(level = "debug", links = attempt)]
    fn quiet_handler(carrier: Extracted, attempt: &Attempt) -> Option<TraceContext> {
        let _ = (carrier, attempt);
        current_context()
    }

    #[test]
    fn an_attempt_without_a_span_is_passed_over() {
        Pipeline::new().level(LevelFilter::INFO).run_sync(|traces| {
            let attempt = Attempt::first();
            connect(&attempt);
            let began = attempt.context().unwrap();
            let attempt = attempt.retry_after(SECOND, "first");
            quiet(&attempt);
            assert_eq!(attempt.context(), None);
            // This one never ran at all.
            let attempt = attempt.retry_after(SECOND, "second");
            let attempt = attempt.retry_after(2 * SECOND, "third");
            connect(&attempt);
            assert_eq!(
                retry(&traces, "connect"),
                (2_000.into(), "third".into(), id(&began))
            );
        });
    }

    #[test]
    fn an_attempt_after_none_that_had_a_span_has_no_link() {
        Pipeline::new().level(LevelFilter::INFO).run_sync(|traces| {
            let attempt = Attempt::first();
            quiet(&attempt);
            connect(&attempt.retry_after(SECOND, "again"));
            assert!(traces.span("connect").links().is_empty());
        });
    }

    #[test]
    fn an_attempt_without_a_span_changes_nothing() {
        Pipeline::new()
            .level(LevelFilter::INFO)
            .run(async |traces| {
                let around = user(|| {
                    let around = current_context();
                    assert_eq!(quiet(&Attempt::first()), around);
                    around
                });
                assert!(around.is_some());
                assert_eq!(quiet_later(Attempt::first()).await, None);
                let came_in = received("01");
                let inside = quiet_handler(came_in.clone(), &Attempt::first());
                assert_eq!(inside.as_ref(), came_in.context());
                assert_eq!(traces.exported(), ["user"]);
            });
    }

    #[test]
    fn without_anybody_who_gives_ids_what_came_in_is_sent_on() {
        #[request_span(links = attempt)]
        fn handle(carrier: Extracted, attempt: &Attempt) -> TraceCarrier {
            let _ = (carrier, attempt);
            TraceCarrier::capture()
        }
        for pipeline in [
            Pipeline::new().without_subscriber(),
            Pipeline::new().without_opentelemetry().capture_logs(),
        ] {
            pipeline.run_sync(|_| {
                let attempt = Attempt::first();
                let came_in = received("01");
                let sent = handle(came_in.clone(), &attempt);
                assert_eq!(sent.context(), came_in.context());
                assert!(handle(Extracted::absent(), &attempt).is_none());
                assert_eq!(attempt.context(), None);
            });
        }
    }
}

mod beside_a_carrier {
    use super::*;

    #[request_span(trust = trusted, links = attempt)]
    fn renew(carrier: Extracted, attempt: &Attempt, trusted: bool) -> TraceCarrier {
        let _ = (carrier, attempt);
        TraceCarrier::capture()
    }

    #[test]
    fn what_came_in_is_a_link_and_no_parent() {
        Pipeline::new().run_sync(|traces| {
            let attempt = Attempt::first();
            connect(&attempt);
            let attempt = attempt.retry_after(SECOND, "again");
            renew(received("01"), &attempt, true);
            assert_trace!(
                traces,
                "
                internal connect
                  internal inner

                server renew ~> b7ad6b7169203331 ~> connect
                "
            );
        });
    }

    #[test]
    fn what_came_in_and_is_not_trusted_is_no_link() {
        Pipeline::new().run_sync(|traces| {
            renew(received("01"), &Attempt::first(), false);
            assert_trace!(traces, "server renew");
        });
    }

    #[test]
    fn what_came_in_and_is_invalid_is_warned_of_once() {
        Pipeline::new().capture_logs().run_sync(|traces| {
            let mut headers = http::HeaderMap::new();
            headers.insert("traceparent", "00-0-0-0".parse().unwrap());
            let invalid = tracing_relay::CarriesTrace::extract(&headers);
            renew(invalid, &Attempt::first(), true);
            assert_trace!(traces, "server renew");
            let warned = traces.logs().matches("ignoring an invalid").count();
            assert_eq!(warned, 1, "{}", traces.logs());
        });
    }

    #[test]
    fn baggage_goes_along_and_is_no_part_of_the_link() {
        #[traced(links = attempt)]
        fn again(attempt: &Attempt) -> String {
            let _ = attempt;
            current_baggage().to_string()
        }
        Pipeline::new().run_sync(|_| {
            user(|| {
                assert!(set_current_baggage("user=alice".parse().unwrap()));
                let attempt = Attempt::first();
                assert_eq!(again(&attempt), "user=alice");
                let began = attempt.context().unwrap();
                assert!(began.baggage().is_empty());
            });
        });
    }
}

mod sampling {
    use super::*;

    #[request_span]
    fn handle(carrier: Extracted) -> Option<TraceId> {
        let _ = carrier;
        let attempt = Attempt::first();
        let traced = connect(&attempt);
        assert!(attempt.context().unwrap().flags().is_sampled());
        traced
    }

    #[test]
    fn an_attempt_in_a_trace_that_is_not_sampled_is_sampled_by_itself() {
        Pipeline::new()
            .sampling(Sampling::Parent)
            .run_sync(|traces| {
                let trace = handle(received("00")).unwrap();
                assert_ne!(trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
                assert_trace!(
                    traces,
                    "
                    internal connect
                      internal inner
                    "
                );
            });
    }

    #[test]
    fn an_attempt_that_is_not_sampled_has_a_context_to_link_to() {
        Pipeline::new()
            .sampling(Sampling::Never)
            .run_sync(|traces| {
                let attempt = Attempt::first();
                connect(&attempt);
                assert!(!attempt.context().unwrap().flags().is_sampled());
                assert!(traces.spans().is_empty());
            });
    }
}

#[test]
fn an_operation_of_a_scope_is_linked_as_any_other() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.connection.attempt", links = attempt)]
    async fn establish(attempt: &Attempt) -> Result<u32, &'static str> {
        tokio::task::yield_now().await;
        match attempt.number() {
            1 => Err("refused"),
            number => Ok(number),
        }
    }

    #[traced]
    async fn session() -> u32 {
        let mut attempt = Attempt::first();
        loop {
            match establish(&attempt).await {
                Ok(number) => return number,
                Err(reason) => attempt = attempt.retry_after(SECOND, reason),
            }
        }
    }

    Pipeline::new().run(async |traces| {
        assert_eq!(session().await, 2);
        assert_trace!(
            traces,
            "
            internal session

            internal relay.connection.attempt error _

            internal relay.connection.attempt ~> relay.connection.attempt
            "
        );
        let (delay, reason, _) = retry(&traces, "relay.connection.attempt");
        assert_eq!((delay, reason), (1_000.into(), "refused".into()));
    });
}

#[test]
fn a_reason_that_cannot_be_written_costs_its_own_text() {
    struct Unwritable;

    impl fmt::Display for Unwritable {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    Pipeline::new().run_sync(|traces| {
        let attempt = Attempt::first();
        connect(&attempt);
        connect(&attempt.retry_after(Duration::MAX, Unwritable));
        let (delay, reason, _) = retry(&traces, "connect");
        assert_eq!((delay, reason), (i64::MAX.into(), "(no text)".into()));
    });
}
