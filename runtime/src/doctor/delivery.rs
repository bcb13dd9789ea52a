//! Whether a probe arrives: what waits is exported, and what the exporter says is put into words.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::{By, Diagnosis, Flush, Problem};
use crate::engine::Trial;

pub(super) fn examine(by: &By, flush: Option<Flush>, timeout: Duration, diagnosis: &mut Diagnosis) {
    let trial = match (by, flush) {
        (_, Some(flush)) => run(flush, timeout),
        (By::Engine(engine, before), None) => engine.try_delivery(*before, timeout),
        (By::OpenTelemetry | By::Hidden, None) => {
            diagnosis.find(
                Problem::NotDelivered,
                "whether spans arrive was not examined: only the provider can export what waits",
                "`Examination::new().with_flush(move || provider.force_flush()).run()`",
            );
            return;
        }
    };
    add(&trial, timeout, diagnosis);
}

/// Runs code of the program on a thread of its own.
fn run(flush: Flush, timeout: Duration) -> Trial {
    let (sender, receiver) = mpsc::channel();
    let start = Instant::now();
    let thread = std::thread::Builder::new()
        .name("tracing-relay-doctor".to_owned())
        // Where nobody waits any longer, nobody is told.
        .spawn(move || sender.send(flush()).is_ok());
    if let Err(error) = thread {
        return Trial::Failed(format!("no thread can be started: {error}"));
    }
    match receiver.recv_timeout(timeout) {
        Ok(Ok(())) => Trial::Delivered(start.elapsed()),
        Ok(Err(reason)) => Trial::Failed(reason),
        Err(mpsc::RecvTimeoutError::Timeout) => Trial::Unanswered,
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Trial::Failed("the exporter panicked".to_owned())
        }
    }
}

/// What came of a trial with an exporter of which nothing is known.
fn add(trial: &Trial, timeout: Duration, diagnosis: &mut Diagnosis) {
    match trial {
        Trial::Delivered(taken) => {
            diagnosis.prove(format!("the exporter took what waited, in {taken:.1?}"));
        }
        Trial::Failed(reason) => add_reason(reason, diagnosis),
        Trial::Unanswered if is_alone_on_its_runtime() => diagnosis.find(
            Problem::NeedsRuntime,
            format!(
                "the exporter did not answer in {timeout:?}, and this thread is the only one of its runtime: an exporter \
                 that runs on this runtime, over gRPC for one, waits for this thread, which waits for it"
            ),
            "give the exporter a runtime of its own: build it in one of one worker that is kept to the end of `main`, or let \
             `Telemetry` export, which needs none",
        ),
        Trial::Unanswered => diagnosis.find(
            Problem::TooSlow,
            format!("the exporter did not answer in {timeout:?}"),
            "see whether the collector answers at all; where it is only slow, give the examination and the exporter a longer \
             timeout",
        ),
        Trial::Dropped => diagnosis.find(
            Problem::Dropped,
            "the probe found no room in the queue of the engine",
            "make the queue larger, `with_queue(QueueLimits { … })` or `OTEL_BSP_MAX_QUEUE_SIZE`, or see why the exporter \
             does not empty it",
        ),
        Trial::NoExporter => diagnosis.find(
            Problem::NoExporter,
            "the engine has no exporter: spans have ids, and go nowhere",
            "give it one, `Engine::builder().with_exporter(…)`, or let `Telemetry::from_env()` make it",
        ),
    }
}

/// Why an exporter failed of which nothing else is known.
pub(crate) fn add_reason(reason: &str, diagnosis: &mut Diagnosis) {
    // What the runtime says to code that runs outside of it.
    let runtime = ["no reactor running", "Tokio 1.x", "tokio runtime"];
    if runtime.iter().any(|text| reason.contains(text)) {
        diagnosis.find(
            Problem::NeedsRuntime,
            format!("the exporter needs a runtime of tokio, and runs on a thread without one: {reason}"),
            "over HTTP give it a blocking client (`reqwest-blocking-client` of opentelemetry-otlp, and not `reqwest-client`); \
             over gRPC let `Telemetry` export, which brings a runtime of its own",
        );
        return;
    }
    diagnosis.find(
        Problem::ExporterFailed,
        format!("the exporter failed: {reason}"),
        "what it says is about the collector or about the settings of the exporter: its address, its headers, its protocol",
    );
}

/// Whether nothing else of the runtime runs while this thread is blocked.
pub(crate) fn is_alone_on_its_runtime() -> bool {
    #[cfg(any(feature = "tokio", feature = "otlp"))]
    {
        use tokio::runtime::{Handle, RuntimeFlavor};
        Handle::try_current()
            .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::CurrentThread)
    }
    #[cfg(not(any(feature = "tokio", feature = "otlp")))]
    false
}
