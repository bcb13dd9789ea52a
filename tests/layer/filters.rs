//! Filters around the engine's layer, around other layers, and around all of them.

use tracing::level_filters::LevelFilter;
use tracing::{debug, debug_span, info, info_span};
use tracing_relay::traced;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer, Registry, fmt, registry, reload};

use crate::recorded::{Recorded, event_names, is_below, run_with};

#[traced]
fn loud() {
    debug_span!("their quiet").in_scope(|| {
        info!("loud event");
        debug!("quiet event");
        quiet();
    });
}

#[traced(level = "debug")]
fn quiet() {
    info_span!("their loud").in_scope(|| info!("inner event"));
}

const ALL: [&str; 4] = ["loud", "quiet", "their loud", "their quiet"];
const LOUD: [&str; 2] = ["loud", "their loud"];

type Boxed = Box<dyn Layer<Registry> + Send + Sync>;

fn lines() -> impl Layer<Registry> + Send + Sync {
    fmt::layer().with_writer(std::io::sink)
}

/// Runs the functions twice, so that what the filters of a thread remember of the first time meets the second.
#[track_caller]
fn exports(recorded: &Recorded, layers: Vec<Boxed>, expected: &[&str]) {
    run_with(registry().with(layers), || check(recorded, expected));
}

#[track_caller]
fn check(recorded: &Recorded, expected: &[&str]) {
    for _ in 0..2 {
        loud();
        info!("outside");
    }
    let mut twice = [expected, expected].concat();
    twice.sort_unstable();
    assert_eq!(recorded.names(), twice);
    let spans = recorded.spans();
    let loud: Vec<_> = spans.iter().filter(|span| span.name == "loud").collect();
    let inner: Vec<_> = spans
        .iter()
        .filter(|span| span.name == "their loud")
        .collect();
    for (loud, inner) in loud.iter().zip(&inner) {
        assert_eq!(event_names(inner), ["inner event"]);
        assert_eq!(inner.span_context.trace_id(), loud.span_context.trace_id());
        if expected == LOUD {
            assert!(is_below(inner, loud));
            assert_eq!(event_names(loud), ["loud event"]);
        }
    }
}

fn by_level() -> impl tracing_subscriber::layer::Filter<Registry> + Send + Sync {
    filter_fn(|metadata| *metadata.level() <= tracing::Level::INFO)
}

#[test]
fn a_filter_of_the_engines_layer_counts_for_both_sorts_of_spans() {
    let recorded = Recorded::new();
    let layer = recorded.engine.layer().with_filter(LevelFilter::INFO);
    exports(&recorded, vec![layer.boxed()], &LOUD);
    let recorded = Recorded::new();
    let layer = recorded.engine.filtered_layer(LevelFilter::INFO);
    exports(&recorded, vec![layer.boxed()], &LOUD);
    let recorded = Recorded::new();
    let layer = recorded.engine.layer().with_filter(by_level());
    exports(&recorded, vec![layer.boxed(), lines().boxed()], &LOUD);
}

#[test]
fn a_filter_that_is_asked_for_each_span_counts_for_both_sorts() {
    let recorded = Recorded::new();
    let filter = tracing_subscriber::filter::dynamic_filter_fn(|metadata, _| {
        *metadata.level() <= tracing::Level::INFO
    });
    let layer = recorded.engine.layer().with_filter(filter);
    exports(&recorded, vec![lines().boxed(), layer.boxed()], &LOUD);
    let recorded = Recorded::new();
    let filter = EnvFilter::new("info");
    let layer = recorded.engine.layer().with_filter(filter);
    exports(&recorded, vec![layer.boxed()], &LOUD);
}

#[test]
fn a_filter_of_another_layer_keeps_nothing_from_the_engine() {
    let recorded = Recorded::new();
    let others = lines().with_filter(LevelFilter::ERROR);
    exports(
        &recorded,
        vec![others.boxed(), recorded.engine.layer().boxed()],
        &ALL,
    );
    let recorded = Recorded::new();
    let others = lines().with_filter(by_level());
    exports(
        &recorded,
        vec![recorded.engine.layer().boxed(), others.boxed()],
        &ALL,
    );
}

#[test]
fn filters_inside_each_other_all_count() {
    let recorded = Recorded::new();
    let layer = recorded
        .engine
        .filtered_layer(filter_fn(|metadata| metadata.name() != "their quiet"))
        .with_filter(by_level());
    exports(&recorded, vec![lines().boxed(), layer.boxed()], &LOUD);
}

#[test]
fn a_filter_around_all_layers_counts() {
    let recorded = Recorded::new();
    let subscriber = registry()
        .with(recorded.engine.layer())
        .with(LevelFilter::INFO);
    run_with(subscriber, || check(&recorded, &LOUD));
    let recorded = Recorded::new();
    let subscriber = registry()
        .with(recorded.engine.layer())
        .with(lines_of_any())
        .with(EnvFilter::new("info"));
    run_with(subscriber, || check(&recorded, &LOUD));
}

fn lines_of_any<S>() -> impl Layer<S> + Send + Sync
where
    S: tracing::Subscriber + for<'span> registry::LookupSpan<'span>,
{
    fmt::layer().with_writer(std::io::sink)
}

#[test]
fn a_layer_behind_reload_records_and_can_be_filtered_around_it() {
    let recorded = Recorded::new();
    let (layer, _handle) = reload::Layer::new(recorded.engine.layer().boxed());
    exports(&recorded, vec![layer.boxed()], &ALL);
    let recorded = Recorded::new();
    let (layer, _handle) = reload::Layer::new(recorded.engine.layer().boxed());
    let layer = layer.with_filter(LevelFilter::INFO);
    exports(&recorded, vec![layer.boxed(), lines().boxed()], &LOUD);
}

#[traced]
fn during(change: impl FnOnce()) {
    change();
    debug_span!("after").in_scope(quiet);
}

#[test]
fn a_filter_that_is_changed_while_spans_are_open_counts_from_then_on() {
    for (first, then, expected) in [
        (
            LevelFilter::INFO,
            LevelFilter::DEBUG,
            ["after", "during", "outer", "quiet", "their loud"].as_slice(),
        ),
        (
            LevelFilter::DEBUG,
            LevelFilter::INFO,
            ["during", "outer", "their loud"].as_slice(),
        ),
        (
            LevelFilter::DEBUG,
            LevelFilter::OFF,
            ["during", "outer"].as_slice(),
        ),
    ] {
        let recorded = Recorded::new();
        let (filter, handle) = reload::Layer::new(first);
        let layer = recorded.engine.layer().with_filter(filter);
        run_with(registry().with(layer), || {
            info_span!("outer").in_scope(|| {
                during(|| handle.modify(|filter| *filter = then).expect("it is there"));
            });
        });
        assert_eq!(recorded.names(), expected, "{first} {then}");
        assert!(is_below(&recorded.span("during"), &recorded.span("outer")));
    }
}

/// A filter of single layers that lets a span out of the engine leaves the tree whole.
#[test]
fn a_span_that_is_filtered_out_is_no_parent() {
    let recorded = Recorded::new();
    let layer = recorded
        .engine
        .layer()
        .with_filter(filter_fn(|metadata| metadata.name() != "their quiet"));
    run_with(registry().with(layer).with(lines_of_any()), loud);
    assert!(is_below(&recorded.span("quiet"), &recorded.span("loud")));
    assert_eq!(recorded.names(), ["loud", "quiet", "their loud"]);
}
