//! Counts what a span costs that tracing-opentelemetry records, for a processor that keeps nothing.
//! `cargo bench -p tracing-relay-tests --bench recorded` prints the counts, and each as a ratio to what
//! `#[tracing::instrument]` costs.

mod callgrind;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span, SpanData, SpanProcessor};
use tracing_relay::{TraceCarrier, TraceContext, request_span, traced};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tracing::instrument(skip_all, fields(number = number))]
#[inline(never)]
fn instrumented(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced(fields(number))]
#[inline(never)]
fn step(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[traced(log_ids = false, fields(number))]
#[inline(never)]
fn step_without_ids(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

#[request_span(fields(number))]
#[inline(never)]
fn handle(number: u64, carrier: &TraceCarrier) -> u64 {
    black_box(number).wrapping_mul(u64::from(carrier.is_none()))
}

/// What the SDK asks for, and nothing more.
#[derive(Debug)]
struct KeepsNothing;

impl SpanProcessor for KeepsNothing {
    fn on_start(&self, _: &mut Span, _: &opentelemetry::Context) {}

    fn on_end(&self, span: SpanData) {
        black_box(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

const CASES: [&str; 4] = [
    "#[tracing::instrument]",
    "#[traced]",
    "#[traced(log_ids = false)]",
    "#[request_span]",
];

/// Runs one case, in the process that callgrind watches.
fn run(case: &str, calls: u64) {
    let provider = SdkTracerProvider::builder()
        .with_span_processor(KeepsNothing)
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("recorded"));
    tracing_subscriber::registry().with(layer).init();
    let parent: TraceContext = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        .parse()
        .expect("a traceparent");
    let carrier = TraceCarrier::from(parent);
    for number in 0..calls {
        black_box(match case {
            "#[tracing::instrument]" => instrumented(number),
            "#[traced]" => step(number),
            "#[traced(log_ids = false)]" => step_without_ids(number),
            "#[request_span]" => handle(number, &carrier),
            other => panic!("there is no case {other}"),
        });
    }
}

fn main() -> ExitCode {
    let costs = match callgrind::costs(&CASES, run) {
        Ok(Some(costs)) => costs,
        Ok(None) => return ExitCode::SUCCESS,
        Err(done) => return done,
    };
    for (case, cost) in CASES.iter().zip(&costs).skip(1) {
        println!("{case} costs {:.2} of {}", cost / costs[0], CASES[0]);
    }
    ExitCode::SUCCESS
}
