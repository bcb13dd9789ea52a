//! The set-up of a service that has no collector: spans get their ids and are dropped.

use std::io::Write as _;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::{SpanId, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Makes the subscriber of the process: spans go to the provider that is returned, warnings to stderr.
pub(crate) fn install(print_spans: bool) -> SdkTracerProvider {
    let mut provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)));
    if print_spans {
        provider = provider.with_span_processor(Printer);
    }
    let provider = provider.build();
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("w3c_service"))
        .with_filter(LevelFilter::INFO);
    let warnings = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_filter(LevelFilter::WARN);
    tracing_subscriber::registry()
        .with(spans)
        .with(warnings)
        .init();
    provider
}

/// Prints spans when they end.
#[derive(Debug)]
struct Printer;

impl SpanProcessor for Printer {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        let parent = span.parent_span_id;
        let line = json!({
            "name": span.name,
            "kind": format!("{:?}", span.span_kind).to_lowercase(),
            "trace_id": span.span_context.trace_id().to_string(),
            "span_id": span.span_context.span_id().to_string(),
            "parent_span_id": (parent != SpanId::INVALID).then(|| parent.to_string()),
            "parent_is_remote": span.parent_span_is_remote,
        });
        // Nobody may be reading any more.
        writeln!(std::io::stdout(), "{line}").ok();
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
