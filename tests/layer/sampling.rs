//! Which spans are exported: parents of each kind, ratios that several services keep to, and rules.

use std::cell::Cell;
use std::fmt;

use opentelemetry_sdk::trace::SpanData;
use tracing::{Instrument as _, info_span};
use tracing_relay::engine::{ByParent, Kind, Rule, Rules, Sampler};
use tracing_relay::otel::SpanExt as _;
use tracing_relay::{TraceCarrier, TraceContext, request_span, traced};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::recorded::{Recorded, attribute, is_below, run_with};

fn service(sampler: impl Into<Sampler>) -> Recorded {
    Recorded::with(|builder| builder.with_sampler(sampler))
}

/// What is sent on from below the handler.
#[request_span]
fn handle(request: &TraceCarrier) -> TraceContext {
    let _ = request;
    step()
}

#[traced]
fn step() -> TraceContext {
    info_span!("theirs").in_scope(|| captured(&TraceCarrier::capture()))
}

fn captured(carrier: &TraceCarrier) -> TraceContext {
    carrier.context().expect("a span is current").clone()
}

/// What came in over the wire.
fn received(text: &str) -> TraceCarrier {
    TraceCarrier::from(text.parse::<TraceContext>().expect("a context"))
}

/// A context as the next service gets it.
fn sent(context: &TraceContext) -> TraceCarrier {
    let parent: TraceContext = context
        .traceparent()
        .as_str()
        .parse()
        .expect("what we send is valid");
    TraceCarrier::from(parent.with_tracestate(context.tracestate().cloned()))
}

fn states(spans: &[SpanData]) -> Vec<String> {
    let state = |span: &SpanData| span.span_context.trace_state().header();
    spans.iter().map(state).collect()
}

const NOT_SAMPLED: &str = "00-00000000000000000000000000000011-0000000000000022-00";

#[test]
fn an_unsampled_parent_is_followed_and_told_to_the_next_service() {
    let recorded = service(Sampler::parent_based());
    let below = recorded.run(|| handle(&received(NOT_SAMPLED)));
    assert_eq!(recorded.names(), Vec::<String>::new());
    assert_eq!(
        below.trace_id().to_string(),
        "00000000000000000000000000000011"
    );
    assert!(!below.flags().is_sampled());
}

#[test]
fn a_service_that_decides_for_itself_exports_its_part_of_an_unsampled_trace() {
    let recorded = service(ByParent::new(Sampler::AlwaysOn).decide_here());
    let below = recorded.run(|| handle(&received(NOT_SAMPLED)));
    assert!(below.flags().is_sampled());
    let (handle, step, theirs) = (
        recorded.span("handle"),
        recorded.span("step"),
        recorded.span("theirs"),
    );
    assert_eq!(handle.parent_span_id.to_string(), "0000000000000022");
    assert!(handle.parent_span_is_remote);
    assert!(is_below(&step, &handle) && is_below(&theirs, &step));
}

#[test]
fn a_ratio_is_in_the_state_of_its_spans_and_in_what_is_sent_on() {
    let first = service(Sampler::ParentBased(Box::new(Sampler::Probability(1.0))));
    let state = |context: &TraceContext| context.tracestate().map(ToString::to_string);
    let below = first.run(|| handle(&TraceCarrier::none()));
    assert!(below.flags().is_random());
    assert_eq!(state(&below).as_deref(), Some("ot=th:0"));
    assert_eq!(states(&first.spans()), ["ot=th:0"; 3]);

    let second = service(Sampler::parent_based());
    let below = second.run(|| handle(&sent(&below)));
    assert_eq!(state(&below).as_deref(), Some("ot=th:0"));
    assert_eq!(states(&second.spans()), ["ot=th:0"; 3]);
}

#[test]
fn services_with_different_ratios_keep_the_same_traces() {
    let first = service(Sampler::Probability(0.5));
    let second = service(Sampler::Probability(0.25));
    let third = service(Sampler::parent_based());
    for _ in 0..400 {
        let below = first.run(|| handle(&TraceCarrier::none()));
        let below = second.run(|| handle(&sent(&below)));
        third.run(|| handle(&sent(&below)));
    }
    let traces = |service: &Recorded| -> Vec<_> {
        let spans = service.spans();
        assert!(spans.len().is_multiple_of(3), "no trace is kept in parts");
        let handlers = spans.iter().filter(|span| span.name == "handle");
        let ids = handlers.map(|span| span.span_context.trace_id());
        ids.collect()
    };
    let (in_first, in_second) = (traces(&first), traces(&second));
    assert!(in_second.iter().all(|id| in_first.contains(id)));
    assert_eq!(traces(&third), in_second);
    // Ten times the standard deviation is 100 and 87.
    assert!((100..300).contains(&in_first.len()), "{}", in_first.len());
    assert!((13..187).contains(&in_second.len()), "{}", in_second.len());
    assert!(
        states(&second.spans())
            .iter()
            .all(|state| state == "ot=th:c")
    );
}

#[test]
fn a_trace_whose_id_need_not_be_random_names_a_number_that_is() {
    let recorded = Recorded::with(|builder| {
        builder
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::Probability(0.5))))
            .with_id_generator(Counted::default())
    });
    let mut kept = 0;
    for _ in 0..400 {
        let below = recorded.run(|| handle(&TraceCarrier::none()));
        let state = below.tracestate().expect("it names its number");
        let member = state
            .get("ot")
            .expect("it is in the member of OpenTelemetry");
        let number = member.split(';').find_map(|part| part.strip_prefix("rv:"));
        let first = number.expect("it names its number").as_bytes()[0];
        assert_eq!(number.map(str::len), Some(14));
        assert_eq!(below.flags().is_sampled(), first >= b'8', "{member}");
        assert_eq!(member.contains("th:8"), first >= b'8', "{member}");
        kept += u32::from(below.flags().is_sampled());
    }
    assert!((100..300).contains(&kept), "{kept}");
}

/// Ids whose last bytes are always below any threshold.
#[derive(Debug, Default)]
struct Counted(std::sync::atomic::AtomicU64);

impl Counted {
    fn next(&self) -> u64 {
        1 + self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }
}

impl opentelemetry_sdk::trace::IdGenerator for Counted {
    fn new_trace_id(&self) -> opentelemetry::TraceId {
        u128::from(self.next()).into()
    }

    fn new_span_id(&self) -> opentelemetry::SpanId {
        self.next().into()
    }
}

const SAMPLED: &str = "00-00000000000000000000000000000011-0000000000000022-01";

#[request_span(conventions = "http", fields(
    http.request.method = "GET",
    url.path = path,
    url.scheme = "https",
))]
fn get(request: &TraceCarrier, path: &str) -> TraceContext {
    let _ = request;
    step()
}

fn without_health_checks() -> Rules {
    Rules::new([
        Rule::never().attribute("url.path", "/health"),
        Rule::never().attribute("url.path", "/status"),
    ])
}

const PATHS: [&str; 4] = ["/health", "/orders", "/status", "/healthy"];

fn paths(spans: &[SpanData]) -> Vec<String> {
    spans
        .iter()
        .filter_map(|span| attribute(span, "url.path"))
        .collect()
}

#[test]
fn health_checks_are_never_exported_and_all_else_is() {
    for activates in [true, false] {
        let recorded = Recorded::with(|builder| {
            builder
                .with_sampler(without_health_checks())
                .with_context_activation(activates)
        });
        for path in PATHS {
            for request in [TraceCarrier::none(), received(SAMPLED)] {
                let below = recorded.run(|| get(&request, path));
                let sampled = !["/health", "/status"].contains(&path);
                assert_eq!(below.flags().is_sampled(), sampled, "{path}");
            }
        }
        let spans = recorded.spans();
        assert_eq!(
            paths(&spans),
            ["/orders", "/orders", "/healthy", "/healthy"]
        );
        // Nothing of what is below a health check is left over.
        assert_eq!(spans.len(), 3 * 4);
    }
}

#[test]
fn health_checks_are_left_out_also_beside_log_lines_and_in_futures() {
    #[request_span(fields(url.path = path))]
    async fn get_later(request: TraceCarrier, path: &str) {
        let _ = request;
        async {}.instrument(info_span!("theirs")).await;
    }

    let recorded = service(without_health_checks());
    let subscriber = tracing_subscriber::registry()
        .with(recorded.engine.layer())
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::sink));
    run_with(subscriber, || {
        for path in PATHS {
            get(&TraceCarrier::none(), path);
            block_on(get_later(TraceCarrier::none(), path));
        }
    });
    let spans = recorded.spans();
    assert_eq!(
        paths(&spans),
        ["/orders", "/orders", "/healthy", "/healthy"]
    );
    assert_eq!(spans.len(), (3 + 2) * 2);
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

#[test]
fn rules_count_for_spans_of_others_too() {
    let rules = Rules::new([
        Rule::never().attribute("url.path", "/health*"),
        Rule::never().name("poll"),
        Rule::never().kind(Kind::Consumer),
        Rule::never().attribute("number", "7"),
        Rule::never().attribute("shown", "Some(1)"),
    ]);
    let recorded = service(rules);
    recorded.run(|| {
        info_span!("get", url.path = "/health").in_scope(step);
        info_span!("get", url.path = %"/healthy").in_scope(step);
        info_span!("poll").in_scope(step);
        info_span!("other", otel.name = "poll").in_scope(step);
        info_span!("process", otel.kind = "consumer").in_scope(step);
        info_span!("numbered", number = 7).in_scope(step);
        info_span!("shown", shown = ?Some(1)).in_scope(step);
        assert_eq!(recorded.names(), [] as [String; 0]);

        info_span!("numbered", number = 8).in_scope(step);
        // What is learned later comes too late.
        let late = info_span!("late", url.path = tracing::field::Empty);
        late.record("url.path", "/health");
        late.in_scope(step);
    });
    let names = recorded.names();
    assert_eq!(
        names,
        ["late", "numbered", "step", "step", "theirs", "theirs"]
    );
}

#[test]
fn a_span_of_others_that_is_moved_below_a_parent_is_asked_about_there() {
    let recorded = service(Rules::new([Rule::never().attribute("url.path", "/health")]));
    recorded.run(|| {
        for (path, parent) in [
            ("/health", SAMPLED),
            ("/orders", NOT_SAMPLED),
            ("/orders", SAMPLED),
        ] {
            let parent: TraceContext = parent.parse().expect("a context");
            let span = info_span!("get", url.path = path, number = 1);
            let moved = span.set_parent(tracing_relay::otel::to_context(&parent));
            assert_eq!(moved, Ok(()));
            span.in_scope(step);
        }
    });
    assert_eq!(recorded.names(), ["get", "step", "theirs"]);
    let span = recorded.span("get");
    assert_eq!(attribute(&span, "url.path").as_deref(), Some("/orders"));
    assert_eq!(attribute(&span, "number").as_deref(), Some("1"));
    assert!(span.parent_span_is_remote);
}

#[test]
fn a_name_is_the_one_that_is_exported() {
    #[request_span(otel_name = format!("GET {route}"))]
    fn named(request: &TraceCarrier, route: &str) {
        let _ = request;
    }

    let recorded = service(Rules::new([
        Rule::never().name("GET /health"),
        Rule::never().name("step"),
    ]));
    recorded.run(|| {
        named(&TraceCarrier::none(), "/health");
        named(&TraceCarrier::none(), "/orders");
        step();
    });
    assert_eq!(recorded.names(), ["GET /orders"]);
}

#[test]
fn rules_are_asked_where_a_trace_begins_or_comes_in_and_not_below() {
    let recorded = service(
        Rules::new([Rule::never().name("step"), Rule::always().name("handle")])
            .otherwise(Sampler::AlwaysOff),
    );
    recorded.run(|| {
        step();
        handle(&received(NOT_SAMPLED));
        info_span!("theirs").in_scope(step);
    });
    // That of the handler, although its caller was not sampled.
    assert_eq!(recorded.names(), ["handle", "step", "theirs"]);
    assert_eq!(states(&recorded.spans()), ["ot=th:0"; 3]);
}

#[test]
fn rules_may_stand_in_the_place_of_one_kind_of_parent() {
    let mut by_parent = ByParent::new(Sampler::from(without_health_checks()));
    by_parent.remote_sampled = Rules::new([Rule::never().attribute("url.path", "/orders")]).into();
    let recorded = service(by_parent);
    recorded.run(|| {
        for path in PATHS {
            get(&TraceCarrier::none(), path);
        }
    });
    assert_eq!(paths(&recorded.spans()), ["/orders", "/healthy"]);
    recorded.run(|| {
        for path in PATHS {
            get(&received(SAMPLED), path);
            get(&received(NOT_SAMPLED), path);
        }
    });
    let later = &paths(&recorded.spans())[2..];
    assert_eq!(later, ["/health", "/status", "/healthy"]);
}

#[test]
fn a_ratio_of_a_rule_is_that_of_all_services() {
    let second = service(Sampler::Probability(0.5));
    let first = service(Rules::new(
        [Rule::ratio(0.5).attribute("url.path", "/poll")],
    ));
    for _ in 0..200 {
        let below = first.run(|| get(&TraceCarrier::none(), "/poll"));
        second.run(|| handle(&sent(&below)));
    }
    let (in_first, in_second) = (first.spans().len(), second.spans().len());
    assert_eq!(in_first, in_second);
    assert!((150..450).contains(&in_first), "{in_first}");
    assert!(
        states(&first.spans())
            .iter()
            .all(|state| state == "ot=th:8")
    );
}

/// Counts how often it is shown.
struct Shown<'a>(&'a Cell<u32>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.set(self.0.get() + 1);
        f.write_str("shown")
    }
}

#[test]
fn values_are_read_for_a_rule_only_where_it_names_attributes() {
    #[traced(fields(first = %shown, second = %shown))]
    fn reading(shown: &Shown<'_>) {
        let _ = shown;
    }

    for (rule, shown) in [
        (Rule::never().name("reading"), 0),
        (Rule::never().attribute("first", "shown"), 1),
        (Rule::never().attribute("neither", "shown"), 2),
    ] {
        let times = Cell::new(0);
        let recorded = service(Rules::new([rule]));
        recorded.run(|| reading(&Shown(&times)));
        assert_eq!(times.get(), shown);
        assert_eq!(recorded.names().len(), usize::from(shown == 2));
    }
}

#[test]
fn a_value_that_fails_to_show_itself_matches_no_rule() {
    struct Failing;
    impl fmt::Display for Failing {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("it cannot be shown")
        }
    }
    #[traced(fields(value = %Failing))]
    fn failing() {}

    let recorded = service(Rules::new([Rule::never().attribute("value", "it*")]));
    recorded.run(failing);
    assert_eq!(recorded.names(), ["failing"]);
}

#[test]
fn what_is_learned_late_is_dropped_with_a_span_that_a_rule_leaves_out() {
    #[traced(fields(path = path), late(found: i64 = "found"))]
    fn find(path: &str) {
        found.record(&7);
        let _ = path;
    }

    let recorded = service(Rules::new([Rule::never().attribute("path", "a")]));
    recorded.run(|| {
        find("a");
        find("b");
        find("a");
    });
    assert_eq!(recorded.names(), ["find"]);
    assert_eq!(
        attribute(&recorded.span("find"), "found").as_deref(),
        Some("7")
    );
}

#[traced(sample = 0.25)]
fn quarter() -> TraceContext {
    step()
}

#[request_span(sample = 0)]
fn never(request: &TraceCarrier) -> TraceContext {
    let _ = request;
    step()
}

#[traced(sample = 1)]
fn always() -> TraceContext {
    step()
}

#[test]
fn a_ratio_of_an_attribute_is_that_of_the_traces_that_start_with_its_span() {
    let recorded = service(Sampler::parent_based());
    recorded.run(|| {
        for _ in 0..400 {
            quarter();
        }
    });
    let spans = recorded.spans();
    assert!(spans.len().is_multiple_of(3), "no trace is kept in parts");
    let kept = spans.len() / 3;
    assert!((13..187).contains(&kept), "{kept}");
    assert!(states(&spans).iter().all(|state| state == "ot=th:c"));

    let recorded = service(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)));
    let below = recorded.run(always);
    assert!(below.flags().is_sampled());
    assert_eq!(states(&recorded.spans()), ["ot=th:0"; 3]);
}

#[test]
fn a_ratio_of_an_attribute_says_nothing_below_a_parent() {
    let recorded = service(Sampler::parent_based());
    recorded.run(|| {
        assert!(!never(&TraceCarrier::none()).flags().is_sampled());
        assert!(never(&received(SAMPLED)).flags().is_sampled());
        info_span!("theirs").in_scope(|| {
            assert!(never(&TraceCarrier::none()).flags().is_sampled());
        });
        handle(&received(NOT_SAMPLED));
    });
    let spans = recorded.spans();
    assert!(
        spans
            .iter()
            .all(|span| span.span_context.trace_state().header().is_empty())
    );
    assert_eq!(spans.iter().filter(|span| span.name == "never").count(), 2);
}

#[test]
fn a_sampler_of_all_spans_or_none_and_a_rule_count_before_the_ratio_of_an_attribute() {
    let exported = |sampler: Sampler| {
        let recorded = service(sampler);
        recorded.run(|| {
            never(&TraceCarrier::none());
            always();
        });
        let mut names = recorded.names();
        names.retain(|name| name == "never" || name == "always");
        names
    };
    assert_eq!(exported(Sampler::AlwaysOn), ["always", "never"]);
    assert_eq!(exported(Sampler::AlwaysOff), [] as [&str; 0]);
    let rules = Rules::new([Rule::always().name("never"), Rule::never().name("always")]);
    assert_eq!(exported(rules.into()), ["never"]);
    let rules = Rules::new([Rule::never().name("other")]).otherwise(Sampler::AlwaysOff);
    assert_eq!(exported(rules.into()), ["always"]);
}
