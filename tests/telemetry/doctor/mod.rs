//! What the doctor says about set-ups that are wrong.

mod delivery;
mod lock;
mod recording;

use tracing::Subscriber;
use tracing_relay::doctor::{Diagnosis, Examination, Finding, Problem};
use tracing_relay::telemetry::Telemetry;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry;

use crate::child::LONG;

/// Examines a subscriber. Nobody sets a propagator in this process.
fn examine(subscriber: impl Subscriber + Send + Sync, examination: Examination) -> Diagnosis {
    let diagnosis = tracing::subscriber::with_default(subscriber, || examination.run());
    assert!(diagnosis.has(Problem::NoPropagator), "{diagnosis}");
    diagnosis.without(Problem::NoPropagator)
}

/// The same with settings, in a subscriber that has their layer.
fn doctor(telemetry: &Telemetry) -> Diagnosis {
    doctor_within(telemetry, Examination::new().with_timeout(LONG))
}

fn doctor_within(telemetry: &Telemetry, examination: Examination) -> Diagnosis {
    let subscriber = registry().with(telemetry.layer());
    let diagnosis =
        tracing::subscriber::with_default(subscriber, || telemetry.examine(examination));
    diagnosis.without(Problem::NoPropagator)
}

/// The one finding that is no note.
fn only(diagnosis: &Diagnosis, problem: Problem) -> Finding {
    let found: Vec<_> = diagnosis
        .findings()
        .iter()
        .filter(|finding| !matches!(finding.problem(), Problem::NoOpenTelemetryLayer))
        .filter(|finding| !matches!(finding.problem(), Problem::NotDelivered))
        .collect();
    let [finding] = found[..] else {
        panic!("{diagnosis}")
    };
    assert_eq!(finding.problem(), problem, "{diagnosis}");
    finding.clone()
}

/// That a text has these words.
#[track_caller]
fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}
