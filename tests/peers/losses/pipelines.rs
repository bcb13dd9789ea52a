//! The engines, each with its defaults and the same exporter.

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Duration;

use fastrace::collector::SpanContext;
use opentelemetry::InstrumentationScope;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// More than what waits can take.
const LONG: Duration = Duration::from_mins(2);

/// Who records and exports.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    Ours,
    TracingOpenTelemetry,
    Fastrace,
}

/// The way of spans out of the process.
pub(crate) enum Pipeline {
    Ours(tracing_relay::engine::Engine),
    TracingOpenTelemetry(SdkTracerProvider),
    Fastrace,
}

/// What spans say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    number: u64,
    user: &'static str,
    region: &'static str,
    cached: bool,
    size: u64,
}

impl Item {
    pub(crate) fn new(number: u64) -> Self {
        black_box(Self {
            number,
            user: "user-4711",
            region: "eu-central-1",
            cached: true,
            size: 1_234,
        })
    }
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Ours, Self::TracingOpenTelemetry, Self::Fastrace];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "tracing-relay",
            Self::TracingOpenTelemetry => "tracing-opentelemetry",
            Self::Fastrace => "fastrace",
        }
    }

    pub(crate) fn install(self, endpoint: &str) -> Result<Pipeline, String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(reqwest::blocking::Client::new())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(match self {
            Self::Ours => {
                let engine = tracing_relay::engine::Engine::builder()
                    .with_exporter(exporter)
                    .build()
                    .map_err(|error| error.to_string())?;
                tracing_subscriber::registry().with(engine.layer()).init();
                Pipeline::Ours(engine)
            }
            Self::TracingOpenTelemetry => {
                let provider = SdkTracerProvider::builder()
                    .with_batch_exporter(exporter)
                    .build();
                let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("losses"));
                // The requests of the exporter make spans of their own below this level.
                tracing_subscriber::registry()
                    .with(tracing::level_filters::LevelFilter::INFO)
                    .with(layer)
                    .init();
                Pipeline::TracingOpenTelemetry(provider)
            }
            Self::Fastrace => {
                fastrace::set_reporter(
                    fastrace_opentelemetry::OpenTelemetryReporter::new(
                        exporter,
                        Cow::Owned(Resource::builder().build()),
                        InstrumentationScope::builder("losses").build(),
                    ),
                    fastrace::collector::Config::default(),
                );
                Pipeline::Fastrace
            }
        })
    }
}

impl Pipeline {
    pub(crate) fn make(&self, item: Item) {
        black_box(match self {
            Self::Ours(_) => ours(item),
            Self::TracingOpenTelemetry(_) => instrumented(item),
            Self::Fastrace => by_fastrace(item),
        });
    }

    pub(crate) fn flush(&self) {
        match self {
            Self::Ours(engine) => {
                engine.flush(LONG);
            }
            Self::TracingOpenTelemetry(provider) => {
                // What is lost is seen at the collector.
                let _ = provider.force_flush();
            }
            Self::Fastrace => fastrace::flush(),
        }
    }

    /// Exports what can be exported.
    pub(crate) fn finish(&self) {
        match self {
            Self::Ours(engine) => {
                engine.shutdown(LONG);
            }
            Self::TracingOpenTelemetry(provider) => {
                let _ = provider.shutdown_with_timeout(LONG);
            }
            Self::Fastrace => fastrace::flush(),
        }
    }

    /// Spans that the engine says it lost, if it says so.
    pub(crate) fn counted(&self) -> Option<u64> {
        match self {
            Self::Ours(engine) => {
                let statistics = engine.statistics();
                Some(statistics.dropped + statistics.failed)
            }
            Self::TracingOpenTelemetry(_) | Self::Fastrace => None,
        }
    }
}

#[traced(
    name = "step",
    fields(
        number = item.number,
        user = item.user,
        region = item.region,
        cached = item.cached,
        size = item.size,
    ),
)]
fn ours(item: Item) -> u64 {
    item.number
}

#[tracing::instrument(
    name = "step",
    skip_all,
    fields(
        number = item.number,
        user = item.user,
        region = item.region,
        cached = item.cached,
        size = item.size,
    ),
)]
fn instrumented(item: Item) -> u64 {
    item.number
}

fn by_fastrace(item: Item) -> u64 {
    let span = fastrace::Span::root("step", SpanContext::random()).with_properties(|| {
        [
            ("number", Cow::Owned(item.number.to_string())),
            ("user", Cow::Borrowed(item.user)),
            ("region", Cow::Borrowed(item.region)),
            (
                "cached",
                Cow::Borrowed(if item.cached { "true" } else { "false" }),
            ),
            ("size", Cow::Owned(item.size.to_string())),
        ]
    });
    let _current = span.set_local_parent();
    item.number
}
