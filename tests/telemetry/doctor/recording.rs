//! The subscriber, its layers, its filters and the sampler.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{InMemorySpanExporter, Sampler as SdkSampler, SdkTracerProvider};
use tracing::{Event, Level, Subscriber};
use tracing_relay::doctor::{self, Examination, Problem};
use tracing_relay::engine::{Engine, Sampler};
use tracing_relay::telemetry::Telemetry;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::{EnvFilter, Layer, fmt, registry, reload};

use super::{assert_says, doctor, examine, only};
use crate::child::LONG;

fn engine() -> (Engine, InMemorySpanExporter) {
    let exporter = InMemorySpanExporter::default();
    let engine = Engine::builder().with_exporter(exporter.clone());
    (engine.build().unwrap(), exporter)
}

fn provider(sampler: SdkSampler) -> (SdkTracerProvider, InMemorySpanExporter) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .with_sampler(sampler);
    (provider.build(), exporter)
}

/// An examination of spans of `orders::db` at `DEBUG`.
fn of_orders() -> Examination {
    Examination::new()
        .with_span("orders::db", Level::DEBUG)
        .with_timeout(LONG)
}

/// A layer of log lines that nobody reads.
fn log<S>() -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> registry::LookupSpan<'span>,
{
    fmt::layer().with_writer(std::io::sink)
}

#[test]
fn without_a_subscriber_the_doctor_says_so() {
    let diagnosis = doctor::examine().without(Problem::NoPropagator);
    let finding = only(&diagnosis, Problem::NoSubscriber);
    assert_says(finding.help(), &["Telemetry::from_env().init()"]);
}

#[test]
fn a_subscriber_of_log_lines_records_nothing() {
    let diagnosis = examine(registry().with(log()), Examination::new());
    let finding = only(&diagnosis, Problem::NoLayer);
    assert_says(finding.what(), &["no layer that records spans"]);
    assert_says(finding.help(), &["filtered_layer", "reload"]);
}

#[test]
fn an_engine_that_records_is_healthy_with_a_note() {
    let (engine, exporter) = engine();
    let diagnosis = examine(registry().with(engine.layer()), Examination::new());
    diagnosis.assert_healthy();
    assert!(diagnosis.has(Problem::NoOpenTelemetryLayer), "{diagnosis}");
    assert_says(
        &diagnosis.to_string(),
        &[
            "ok: a span of target `tracing_relay.doctor` at INFO is recorded, by the engine",
            "ok: it is sampled",
            "ok: the exporter took what waited, in",
            "tracing_relay::otel::SpanExt",
        ],
    );
    let spans = exporter.get_finished_spans().unwrap();
    let [span] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(span.name, "tracing_relay.doctor");
}

#[test]
fn a_provider_that_can_be_flushed_is_examined_to_the_end() {
    let (provider, exporter) = provider(SdkSampler::AlwaysOn);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
    let examination = Examination::new()
        .with_timeout(LONG)
        // Its last handle would empty the exporter.
        .with_flush({
            let provider = provider.clone();
            move || provider.force_flush()
        });
    let diagnosis = examine(registry().with(layer), examination);
    diagnosis.assert_healthy();
    assert_eq!(diagnosis.findings(), []);
    let text = diagnosis.to_string();
    assert_says(&text, &["by tracing-opentelemetry", "the exporter took"]);
    assert_eq!(exporter.get_finished_spans().unwrap().len(), 1);
}

#[test]
fn a_provider_that_nobody_can_flush_is_a_note() {
    let (provider, _) = provider(SdkSampler::AlwaysOn);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
    let diagnosis = examine(registry().with(layer), Examination::new());
    diagnosis.assert_healthy();
    assert!(diagnosis.has(Problem::NotDelivered), "{diagnosis}");
}

#[test]
fn a_layer_behind_reload_is_found_and_named() {
    let (engine, _) = engine();
    let (hidden, _handle) = reload::Layer::new(engine.layer());
    let diagnosis = examine(registry().with(hidden), Examination::new());
    let finding = only(&diagnosis, Problem::HiddenLayer);
    assert_says(finding.help(), &["put the filter behind `reload`"]);

    let (provider, _) = provider(SdkSampler::AlwaysOn);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
    let (hidden, _handle) = reload::Layer::new(layer);
    let diagnosis = examine(registry().with(hidden), Examination::new());
    only(&diagnosis, Problem::HiddenLayer);
}

#[test]
fn a_layer_that_nobody_can_see_is_named_with_reload() {
    let (provider, _) = provider(SdkSampler::AlwaysOn);
    let layer = tracing_opentelemetry::layer()
        .with_context_activation(false)
        .with_tracer(provider.tracer("orders"));
    let (hidden, _handle) = reload::Layer::new(layer);
    let diagnosis = examine(registry().with(hidden), Examination::new());
    let finding = only(&diagnosis, Problem::NoLayer);
    assert_says(finding.what(), &["or hides it"]);
    assert_says(finding.help(), &["tracing_subscriber::reload"]);
}

#[test]
fn a_filter_behind_reload_hides_nothing() {
    let (engine, _) = engine();
    let (filter, _handle) = reload::Layer::new(LevelFilter::INFO);
    let layer = engine.layer().with_filter(filter);
    examine(registry().with(layer), Examination::new()).assert_healthy();
}

#[test]
fn a_level_that_keeps_a_span_away_is_named() {
    let (engine, _) = engine();
    let subscriber = registry().with(engine.filtered_layer(LevelFilter::WARN));
    let finding = only(&examine(subscriber, of_orders()), Problem::Filtered);
    assert_says(
        finding.what(),
        &[
            "a span of target `orders::db` at DEBUG is not recorded",
            "no layer wants it",
            "WARN is, and what is above",
        ],
    );
    assert_says(finding.help(), &["with_level", "`orders::db=debug`"]);
}

#[test]
fn what_the_log_wants_and_the_recording_layer_does_not_is_told_apart() {
    let (engine, _) = engine();
    let subscriber = registry()
        .with(log())
        .with(engine.filtered_layer(LevelFilter::INFO));
    let finding = only(&examine(subscriber, of_orders()), Problem::Filtered);
    let words = ["another layer wants it, and the one that records does not"];
    assert_says(finding.what(), &words);
}

#[test]
fn the_directive_that_kills_a_span_is_named() {
    const DIRECTIVES: &str = "info,orders=warn,cart=trace";
    let (engine, _) = engine();
    let (provider, _) = provider(SdkSampler::AlwaysOn);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
    let filter = || DIRECTIVES.parse::<EnvFilter>().unwrap();
    let targets = DIRECTIVES.parse::<Targets>().unwrap();
    let of = || of_orders().with_directives(DIRECTIVES);
    for diagnosis in [
        examine(registry().with(filter()).with(engine.layer()), of()),
        examine(registry().with(layer).with(filter()), of()),
        examine(registry().with(engine.filtered_layer(targets)), of()),
    ] {
        let finding = only(&diagnosis, Problem::Filtered);
        assert_says(finding.what(), &["as the directive `orders=warn` says"]);
        assert_says(finding.help(), &["write `orders::db=debug` behind it"]);
    }
    // The spans of others are as they should be.
    let cart = Examination::new()
        .with_span("cart", Level::TRACE)
        .with_directives(DIRECTIVES);
    examine(registry().with(filter()).with(engine.layer()), cart).assert_healthy();
}

#[test]
fn a_directive_that_does_not_explain_what_was_seen_is_not_named() {
    let (engine, _) = engine();
    let subscriber = registry().with(engine.filtered_layer(LevelFilter::ERROR));
    let examination = of_orders().with_directives("orders=warn");
    let finding = only(&examine(subscriber, examination), Problem::Filtered);
    assert!(!finding.what().contains("directive"), "{finding}");
}

#[test]
fn a_sampler_that_drops_all_is_named() {
    let exporter = InMemorySpanExporter::default();
    let engine = Engine::builder()
        .with_exporter(exporter.clone())
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatio(0.0))))
        .build()
        .unwrap();
    let diagnosis = examine(registry().with(engine.layer()), Examination::new());
    let finding = only(&diagnosis, Problem::NotSampled);
    assert_says(finding.what(), &["none is sampled", "TraceIdRatio(0.0)"]);
    assert_says(finding.help(), &["OTEL_TRACES_SAMPLER_ARG"]);
    assert_eq!(exporter.get_finished_spans().unwrap(), []);

    let (provider, _) = provider(SdkSampler::AlwaysOff);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
    let diagnosis = examine(registry().with(layer), Examination::new());
    let finding = only(&diagnosis, Problem::NotSampled);
    assert_says(finding.what(), &["that of the tracer provider"]);
}

#[test]
fn a_sampler_that_keeps_some_is_healthy() {
    let exporter = InMemorySpanExporter::default();
    let engine = Engine::builder()
        .with_exporter(exporter.clone())
        .with_sampler(Sampler::TraceIdRatio(0.2))
        .build()
        .unwrap();
    let diagnosis = examine(registry().with(engine.layer()), Examination::new());
    diagnosis.assert_healthy();
    assert_eq!(exporter.get_finished_spans().unwrap().len(), 1);
}

#[test]
fn the_probe_is_a_root_wherever_the_doctor_is_called() {
    let exporter = InMemorySpanExporter::default();
    let engine = Engine::builder()
        .with_exporter(exporter.clone())
        .with_sampler(Sampler::TraceIdRatio(1.0))
        .build()
        .unwrap();
    let subscriber = registry().with(engine.layer());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("around").in_scope(|| {
            doctor::examine()
                .without(Problem::NoPropagator)
                .assert_healthy();
        });
    });
    let spans = exporter.get_finished_spans().unwrap();
    let probe = spans.iter().find(|span| span.name != "around").unwrap();
    assert_eq!(
        probe.parent_span_id,
        opentelemetry::trace::SpanId::INVALID,
        "{spans:?}"
    );
}

#[test]
fn an_engine_that_was_shut_down_is_named() {
    let (engine, _) = engine();
    let subscriber = registry().with(engine.layer());
    drop(engine);
    let finding = only(&examine(subscriber, Examination::new()), Problem::ShutDown);
    assert_says(finding.help(), &["let _telemetry ="]);
}

#[test]
fn telemetry_that_is_not_in_the_subscriber_is_named() {
    let telemetry = Telemetry::builder("orders").with_exporter(InMemorySpanExporter::default());
    let telemetry = telemetry.build().unwrap();
    let (engine, _) = engine();
    let subscriber = registry().with(engine.layer());
    let diagnosis = tracing::subscriber::with_default(subscriber, || telemetry.doctor());
    let finding = only(
        &diagnosis.without(Problem::NoPropagator),
        Problem::OtherEngine,
    );
    assert_says(finding.help(), &["telemetry.layer()"]);

    // What is hidden could be its own.
    let (provider, _) = provider(SdkSampler::AlwaysOn);
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("orders"));
    let (hidden, _handle) = reload::Layer::new(layer);
    let subscriber = registry().with(hidden);
    let diagnosis = tracing::subscriber::with_default(subscriber, || telemetry.doctor());
    assert!(diagnosis.has(Problem::HiddenLayer), "{diagnosis}");
    assert!(diagnosis.has(Problem::OtherEngine), "{diagnosis}");

    let (hidden, _handle) = reload::Layer::new(telemetry.layer());
    let subscriber = registry().with(hidden);
    let diagnosis = tracing::subscriber::with_default(subscriber, || telemetry.doctor());
    assert_says(&diagnosis.to_string(), &["ok: the probe was delivered"]);
    only(
        &diagnosis.without(Problem::NoPropagator),
        Problem::HiddenLayer,
    );
}

#[test]
fn what_the_settings_turn_off_is_named() {
    let variables = |wanted: &'static str, value: &'static str| {
        Telemetry::from_variables(move |name| (name == wanted).then(|| value.to_owned()))
            .build()
            .unwrap()
    };
    let disabled = variables("OTEL_SDK_DISABLED", "true");
    let finding = only(&doctor(&disabled), Problem::Disabled);
    assert_says(finding.help(), &["unset `OTEL_SDK_DISABLED`"]);

    let silent = variables("OTEL_TRACES_EXPORTER", "none");
    let finding = only(&doctor(&silent), Problem::NoExporter);
    assert_says(finding.help(), &["OTEL_TRACES_EXPORTER"]);

    let engine = Engine::builder().build().unwrap();
    let diagnosis = examine(registry().with(engine.layer()), Examination::new());
    only(&diagnosis, Problem::NoExporter);
}

#[test]
fn a_setting_that_is_of_no_use_is_a_finding_without_its_value() {
    let telemetry = Telemetry::from_variables(|name| match name {
        "OTEL_TRACES_EXPORTER" => Some("console".to_owned()),
        "OTEL_EXPORTER_OTLP_HEADERS" => Some("secret-value".to_owned()),
        _ => None,
    });
    let diagnosis = doctor(&telemetry.build().unwrap());
    let finding = only(&diagnosis, Problem::Setting);
    assert_says(finding.what(), &["`OTEL_EXPORTER_OTLP_HEADERS`"]);
    assert!(!diagnosis.to_string().contains("secret-value"));
}

/// Panics where a span is made.
struct Panicking;

impl<S: Subscriber> Layer<S> for Panicking {
    fn on_new_span(
        &self,
        _: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: Context<'_, S>,
    ) {
        panic!("this layer is broken");
    }

    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {}
}

#[test]
fn a_layer_that_panics_is_a_finding_and_no_panic() {
    let (engine, _) = engine();
    let subscriber = registry().with(engine.layer()).with(Panicking);
    let diagnosis = examine(subscriber, Examination::new());
    let finding = only(&diagnosis, Problem::Panicked);
    assert_says(finding.what(), &["this layer is broken"]);
}

#[test]
fn a_propagator_that_writes_nothing_matters_for_code_on_opentelemetrys_api_alone() {
    let (engine, _) = engine();
    let subscriber = registry().with(engine.layer());
    let diagnosis = tracing::subscriber::with_default(subscriber, doctor::examine);
    let finding = only(&diagnosis, Problem::NoPropagator);
    assert_says(
        finding.what(),
        &["The attributes of this crate do not use it"],
    );
    assert_says(finding.help(), &["set_text_map_propagator"]);
}
