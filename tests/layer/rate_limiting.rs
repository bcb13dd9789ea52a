//! `Sampler::RateLimiting`: no more than so many traces a second. The tests of the clock are beside it; here a rate is so low
//! that one trace is kept and no other.

use std::future::Future;

use opentelemetry_sdk::trace::SpanData;
use tracing::info_span;
use tracing_relay::engine::{ByParent, Rule, Rules, Sampler};
use tracing_relay::otel::SpanExt as _;
use tracing_relay::testing::Pipeline;
use tracing_relay::{Attempt, TraceCarrier, TraceContext, request_span, traced};

use crate::recorded::Recorded;

/// One trace in a thousand years or so.
const ONE: Sampler = Sampler::RateLimiting(1e-11);

const SAMPLED: &str = "00-00000000000000000000000000000011-0000000000000022-03";
const NOT_SAMPLED: &str = "00-00000000000000000000000000000011-0000000000000022-02";

fn service(sampler: impl Into<Sampler>) -> Recorded {
    Recorded::with(|builder| builder.with_sampler(sampler))
}

fn roots(sampler: Sampler) -> Sampler {
    Sampler::ParentBased(Box::new(sampler))
}

#[request_span]
fn handle(request: &TraceCarrier) {
    let _ = request;
    step();
}

#[traced]
fn step() {
    info_span!("theirs").in_scope(|| {});
}

fn received(text: &str, state: &str) -> TraceCarrier {
    let context: TraceContext = text.parse().expect("a context");
    let state = (!state.is_empty()).then(|| state.parse().expect("a state"));
    TraceCarrier::from(context.with_tracestate(state))
}

const WHOLE: [&str; 3] = ["handle", "step", "theirs"];

#[test]
fn of_more_traces_than_the_rate_some_are_kept_and_each_of_them_is_whole() {
    for sampler in [ONE, roots(ONE)] {
        let recorded = service(sampler);
        recorded.run(|| (0..50).for_each(|_| handle(&TraceCarrier::none())));
        assert_eq!(recorded.names(), WHOLE);
    }
    let recorded = service(Sampler::RateLimiting(0.0));
    recorded.run(|| handle(&TraceCarrier::none()));
    assert_eq!(recorded.names(), [""; 0]);
}

#[test]
fn as_a_root_it_counts_what_starts_here_and_alone_what_comes_in_too() {
    for (sampler, kept) in [(roots(ONE), 3 + 1), (ONE, 1)] {
        let recorded = service(sampler);
        recorded.run(|| {
            (0..3).for_each(|_| handle(&received(SAMPLED, "")));
            (0..3).for_each(|_| handle(&TraceCarrier::none()));
        });
        assert_eq!(recorded.spans().len(), 3 * kept);
    }
}

#[test]
fn the_threshold_goes_where_it_decides_and_the_random_number_stays() {
    let mut by_parent = ByParent::new(Sampler::AlwaysOn);
    by_parent.remote_sampled = ONE;
    by_parent.remote_not_sampled = ONE;
    let recorded = service(by_parent);
    let state = "ot=th:8;rv:ffffffffffffff,a=1";
    recorded.run(|| {
        handle(&received(SAMPLED, state));
        handle(&received(NOT_SAMPLED, state));
    });
    let states = |spans: Vec<SpanData>| -> Vec<String> {
        let state = |span: &SpanData| span.span_context.trace_state().header();
        spans.iter().map(state).collect()
    };
    assert_eq!(
        states(recorded.spans()),
        ["ot=rv:ffffffffffffff,a=1"; 2 * 3],
        "each place counts for itself"
    );
}

#[test]
fn what_a_rule_or_an_attribute_decides_takes_nothing_of_the_rate() {
    #[traced(sample = 1)]
    fn always() {}

    let rules = Rules::new([Rule::never().name("health"), Rule::always().name("login")]);
    let recorded = service(rules.otherwise(ONE));
    recorded.run(|| {
        for _ in 0..2 {
            info_span!("health").in_scope(|| {});
            info_span!("login").in_scope(|| {});
            always();
        }
        (0..2).for_each(|_| handle(&TraceCarrier::none()));
    });
    let names = recorded.names();
    let others = ["always", "always", "handle", "login", "login"];
    assert_eq!(names, [&others[..], &WHOLE[1..]].concat());
}

#[test]
fn a_span_of_others_that_is_moved_below_a_parent_takes_nothing_as_a_root() {
    let recorded = service(roots(ONE));
    let parent: TraceContext = SAMPLED.parse().expect("a context");
    recorded.run(|| {
        for _ in 0..3 {
            let span = info_span!("moved");
            let moved = span.set_parent(tracing_relay::otel::to_context(&parent));
            assert_eq!(moved, Ok(()));
            span.in_scope(|| {});
        }
        (0..2).for_each(|_| info_span!("root").in_scope(step));
    });
    assert_eq!(
        recorded.names(),
        ["moved", "moved", "moved", "root", "step", "theirs"]
    );
}

#[test]
fn an_operation_that_opens_later_than_its_call_takes_one_of_the_rate() {
    #[traced]
    fn returned() -> impl Future<Output = ()> {
        async { step() }
    }

    #[traced(links = attempt)]
    fn tried(attempt: &Attempt) {
        let _ = attempt;
        step();
    }

    let operations: [fn(); 2] = [
        || futures_util::FutureExt::now_or_never(returned()).expect("it waits for nothing"),
        || tried(&Attempt::first()),
    ];
    for (operation, name) in operations.into_iter().zip(["returned", "tried"]) {
        for sampler in [ONE, roots(ONE)] {
            let recorded = service(sampler);
            recorded.run(|| (0..3).for_each(|_| operation()));
            let mut wanted = [name, "step", "theirs"];
            wanted.sort_unstable();
            assert_eq!(recorded.names(), wanted);
        }
    }
}

#[test]
fn what_a_sampler_leaves_out_is_not_open_in_the_pipeline_of_a_test() {
    #[traced]
    fn health() {}

    #[traced(fields(number))]
    fn numbered(number: u64) {
        let _ = number;
    }

    let rules = Rules::new([
        Rule::never().name("health"),
        Rule::never().attribute("number", "7"),
    ]);
    let pipeline = Pipeline::new().sampler(rules.otherwise(ONE));
    pipeline.run_sync(|traces| {
        health();
        info_span!("health").in_scope(|| {});
        numbered(7);
        numbered(8);
        step();
        assert_eq!(traces.exported(), ["numbered"]);
        assert_eq!(traces.open(), [""; 0]);
    });
}
