//! Operations of a scope that are tried again.

use std::time::Duration;

use tracing_relay::testing::{LevelFilter, Pipeline, Span, Traces, Value};
use tracing_relay::{
    Attempt, SpanLinks, TraceScope, assert_trace, current_trace_id, relay_traced, semconv, traced,
};

static RELAY: TraceScope = TraceScope::new("relay");

#[relay_traced(scope = RELAY, name = "relay.connection.attempt", links = attempt)]
async fn connect(attempt: &Attempt) -> Result<(), &'static str> {
    tokio::task::yield_now().await;
    match attempt.number() {
        1 => Err("unauthorized"),
        2 => Err("closed"),
        _ => Ok(()),
    }
}

/// What the application has around it.
#[traced]
async fn session() -> Attempt {
    let user = current_trace_id();
    let mut attempt = Attempt::first();
    let mut delay = Duration::from_millis(100);
    while let Err(reason) = connect(&attempt).await {
        assert_eq!(current_trace_id(), user);
        attempt = attempt.retry_after(delay, reason);
        delay *= 2;
    }
    attempt
}

const ATTEMPTS: &str = "
internal relay.connection.attempt error _

internal relay.connection.attempt ~> relay.connection.attempt error _

internal relay.connection.attempt ~> relay.connection.attempt
";

fn retries(traces: &Traces) -> Vec<(Value, Value)> {
    let spans = traces.spans();
    let links = spans.iter().flat_map(Span::links);
    links
        .map(|link| match link.attributes() {
            [(delay, ms), (reason, text)] => {
                assert_eq!(delay, semconv::RETRY_DELAY_MS);
                assert_eq!(reason, semconv::RETRY_REASON);
                (ms.clone(), text.clone())
            }
            other => panic!("two attributes: {other:?}"),
        })
        .collect()
}

#[test]
fn each_attempt_is_a_root_of_the_scope_that_is_linked_to_the_one_before() {
    for pipeline in [Pipeline::new(), Pipeline::new().worker_threads(2)] {
        pipeline.scope(&RELAY).run(async |traces| {
            assert_eq!(session().await.number(), 3);
            assert_trace!(traces, "internal session");
            let relay = traces.of_scope(&RELAY);
            assert_trace!(relay, ATTEMPTS);
            let expected = [
                (100.into(), "unauthorized".into()),
                (200.into(), "closed".into()),
            ];
            assert_eq!(retries(&relay), expected);
        });
    }
}

#[test]
fn attempts_inside_an_operation_of_the_scope_are_roots_too() {
    #[relay_traced(scope = RELAY)]
    async fn link() {
        session().await;
    }

    Pipeline::new().scope(&RELAY).run(async |traces| {
        link().await;
        assert_trace!(traces, "");
        let expected = format!("internal link\n  internal session\n{ATTEMPTS}");
        assert_trace!(traces.of_scope(&RELAY), &expected);
    });
}

#[test]
fn without_the_scope_the_attempts_are_the_applications() {
    Pipeline::new().run(async |traces| {
        session().await;
        assert_trace!(traces, &format!("internal session\n{ATTEMPTS}"));
    });
}

#[test]
fn a_scope_that_does_not_want_the_attempt_leaves_it_without_a_span() {
    let pipeline = Pipeline::new().scope(&RELAY).level(LevelFilter::WARN);
    pipeline.run(async |traces| {
        assert_eq!(session().await.context(), None);
        assert_trace!(traces, "");
        assert_trace!(traces.of_scope(&RELAY), "");
    });
}

/// The application and the component share an attempt, or the scope is installed between two of them.
#[test]
fn no_link_leads_over_the_border_of_a_scope() {
    #[traced(links = attempt)]
    fn outside(attempt: &Attempt) {
        assert!(attempt.starts_trace());
    }

    Pipeline::new().scope(&RELAY).run(async |traces| {
        let attempt = Attempt::first();
        outside(&attempt);
        let attempt = attempt.retry_after(Duration::ZERO, "first");
        assert_eq!(connect(&attempt).await, Err("closed"));
        let attempt = attempt.retry_after(Duration::ZERO, "second");
        outside(&attempt);
        let attempt = attempt.retry_after(Duration::ZERO, "third");
        outside(&attempt);
        assert_trace!(
            traces,
            "
            internal outside

            internal outside

            internal outside ~> outside
            "
        );
        assert_trace!(
            traces.of_scope(&RELAY),
            "internal relay.connection.attempt error _"
        );
    });
}
