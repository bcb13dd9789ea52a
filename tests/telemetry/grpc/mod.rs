//! The same over gRPC: what the variables say, what a collector answers, and wherever it is set up and shut down.

mod answers;
mod collector;
mod connections;
mod contexts;
mod variables;

use tracing_relay::telemetry::{Lost, OtlpSettings, Telemetry};
use tracing_relay::traced;
use tracing_subscriber::layer::SubscriberExt as _;

#[traced(name = "telemetry.work")]
fn work() {}

fn record(telemetry: &Telemetry) {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, work);
}

fn to(url: &str) -> OtlpSettings {
    OtlpSettings::grpc(url).unwrap()
}

fn build(collector: OtlpSettings) -> Telemetry {
    let builder = Telemetry::builder("grpc").with_otlp(collector);
    builder.build().unwrap()
}

/// The numbers of dropped, failed and waiting spans.
fn numbers(lost: Lost) -> (u64, u64, u64) {
    (lost.dropped, lost.failed, lost.waiting)
}
