//! [`Telemetry::doctor`]: an examination that knows the settings, the engine and the collectors.

use std::sync::Arc;
use std::time::Duration;

use super::Telemetry;
use super::pipelines::Pipelines;
use crate::doctor::{By, Diagnosis, Examination, Problem, add_reason, is_alone_on_its_runtime};
use crate::engine::{Engine, Trial};
use crate::otlp::{Clock, Outcome, Witness};

/// Clocks that differ by less are called equal.
const SKEW: Duration = Duration::from_secs(5);

/// A collector that spans are sent to.
#[derive(Clone, Debug)]
pub(super) struct Collector {
    /// Its URL, without secrets.
    pub(super) place: String,
    pub(super) witness: Arc<Witness>,
}

impl Telemetry {
    /// Sends a probe through all of it, from the subscriber of this thread to the collectors, and says what is wrong and what
    /// to write instead: [`doctor`](crate::doctor). The probe is a span; of metrics and logs only the settings are examined. Takes
    /// five seconds at most.
    ///
    /// ```no_run
    /// # let telemetry = tracing_relay::telemetry::Telemetry::from_env().init()?;
    /// let diagnosis = telemetry.doctor();
    /// if !diagnosis.is_healthy() {
    ///     eprintln!("{diagnosis}");
    /// }
    /// # Ok::<(), tracing_relay::telemetry::InitError>(())
    /// ```
    pub fn doctor(&self) -> Diagnosis {
        self.examine(Examination::new())
    }

    /// [`doctor`](Self::doctor) with another target, level or timeout. What is exported is known here: a
    /// [`with_flush`](Examination::with_flush) is not called.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is what `Examination::run` takes"
    )]
    pub fn examine(&self, examination: Examination) -> Diagnosis {
        let mut diagnosis = Diagnosis::default();
        for warning in self.settings.warnings() {
            diagnosis.find(
                Problem::Setting,
                warning.clone(),
                "`telemetry.print_settings()` shows what was understood",
            );
        }
        let Some(Pipelines {
            engine, exports, ..
        }) = self.pipelines.as_deref()
        else {
            diagnosis.find(
                Problem::Disabled,
                "telemetry is disabled: nothing is recorded, and what comes in is passed on",
                "unset `OTEL_SDK_DISABLED`, or take `with_disabled(true)` away",
            );
            return diagnosis;
        };
        for collector in &self.collectors {
            collector.witness.forget();
        }
        let (before, counted) = (engine.shared().before(), engine.statistics());
        let Some(by) = examination.look(&mut diagnosis) else {
            return diagnosis;
        };
        if !is_of(engine, &by) {
            other_engine(&mut diagnosis);
            return diagnosis;
        }
        if !exports {
            no_exporter(&mut diagnosis);
            return diagnosis;
        }
        let timeout = examination.timeout();
        let trial = engine.shared().try_delivery(before, timeout);
        if matches!((&by, &trial), (By::Hidden, Trial::Delivered(_)))
            && engine.statistics() == counted
        {
            other_engine(&mut diagnosis);
            return diagnosis;
        }
        self.tell(&trial, timeout, &mut diagnosis);
        diagnosis
    }

    /// What came of the delivery, for each collector as far as it was seen.
    fn tell(&self, trial: &Trial, timeout: Duration, diagnosis: &mut Diagnosis) {
        let mut is_explained = false;
        for Collector { place, witness } in &self.collectors {
            let seen = witness.seen();
            if let Some(outcome) = &seen.outcome {
                is_explained |= told(place, outcome, diagnosis);
            }
            if let Some(clock) = seen.clock {
                skewed(place, clock, diagnosis);
            }
        }
        match trial {
            Trial::Delivered(taken) => {
                diagnosis.prove(format!(
                    "the probe was delivered to {}, in {taken:.1?}",
                    self.settings.destinations()
                ));
            }
            Trial::Failed(_) | Trial::Unanswered if is_explained => {}
            Trial::Failed(reason) => add_reason(reason, diagnosis),
            Trial::Unanswered if is_alone_on_its_runtime() && self.has_others => diagnosis.find(
                Problem::NeedsRuntime,
                format!(
                    "an exporter did not answer in {timeout:?}, and this thread is the only one of its runtime: an exporter \
                     that runs on this runtime waits for this thread"
                ),
                "name the collector by `with_otlp` or by `OTEL_EXPORTER_OTLP_ENDPOINT` in place of `with_exporter`: that needs \
                 no runtime; or give the exporter a runtime of its own",
            ),
            Trial::Unanswered => diagnosis.find(
                Problem::TooSlow,
                format!(
                    "{} did not answer in {timeout:?}",
                    self.settings.destinations()
                ),
                "see whether the collector answers at all; where it is only slow, give the examination a longer timeout",
            ),
            Trial::Dropped => diagnosis.find(
                Problem::Dropped,
                "the probe found no room in the queue",
                "make it larger, with `OTEL_BSP_MAX_QUEUE_SIZE` or `with_queue`, or see why it is not emptied",
            ),
            Trial::NoExporter => no_exporter(diagnosis),
        }
    }
}

fn is_of(engine: &Engine, by: &By) -> bool {
    match by {
        By::Engine(found, _) => found.number == engine.shared().number,
        By::OpenTelemetry => false,
        By::Hidden => true,
    }
}

fn other_engine(diagnosis: &mut Diagnosis) {
    diagnosis.find(
        Problem::OtherEngine,
        "what records in the current subscriber is not this `Telemetry`, to which no span comes",
        "put `telemetry.layer()` into the subscriber, or ask the one whose layer is there",
    );
}

fn no_exporter(diagnosis: &mut Diagnosis) {
    diagnosis.find(
        Problem::NoExporter,
        "there is no exporter: spans have ids, and go nowhere",
        "unset `OTEL_TRACES_EXPORTER` where it is `none`; in code, `Builder::with_otlp` or `with_exporter`",
    );
}

/// Says what is wrong with a collector, and whether something is.
fn told(place: &str, outcome: &Outcome, diagnosis: &mut Diagnosis) -> bool {
    match outcome {
        Outcome::Taken => return false,
        Outcome::Unreachable(reason) => diagnosis.find(
            Problem::Unreachable,
            format!("{place} cannot be reached: {reason}"),
            help_to_reach(reason),
        ),
        Outcome::Refused(status, reason) => diagnosis.find(
            Problem::Refused,
            match status {
                Some(_) => format!("{place} answered {reason}"),
                None => format!("{place}: {reason}"),
            },
            help_for(*status),
        ),
        Outcome::Silent(timeout) => diagnosis.find(
            Problem::TooSlow,
            format!("{place} did not answer in {timeout:?}"),
            "see whether the collector answers at all; where it is only slow, `OTEL_EXPORTER_OTLP_TIMEOUT` is how long it may \
             take, in milliseconds",
        ),
    }
    true
}

/// By what the client said.
fn help_to_reach(reason: &str) -> &'static str {
    let reason = reason.to_lowercase();
    if reason.contains("dns error") || reason.contains("lookup") {
        "the name of the host is not known here: see how it is written in `OTEL_EXPORTER_OTLP_ENDPOINT`"
    } else if ["certificate", "tls", "corrupt message", "handshake"]
        .iter()
        .any(|text| reason.contains(text))
    {
        "over TLS the collector needs a certificate that is trusted: the system's, or that in the file that \
         `OTEL_EXPORTER_OTLP_CERTIFICATE` names; one that does not speak TLS is `http://` in the endpoint"
    } else {
        "start the collector, or write where it is into `OTEL_EXPORTER_OTLP_ENDPOINT`; the port for HTTP is usually 4318, and \
         4317 is that for gRPC"
    }
}

fn help_for(status: Option<u16>) -> &'static str {
    match status {
        Some(401 | 403) => {
            "the collector wants a key, or another one: `OTEL_EXPORTER_OTLP_HEADERS=name=value`, the value percent-encoded"
        }
        Some(404 | 405) => {
            "the path is wrong: `/v1/traces` is added to `OTEL_EXPORTER_OTLP_ENDPOINT` and not to \
             `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, which is the whole URL"
        }
        Some(400 | 415) => {
            "the collector does not read this form: `OTEL_EXPORTER_OTLP_PROTOCOL` is `http/protobuf`, `http/json` or `grpc`, and \
             `OTEL_EXPORTER_OTLP_COMPRESSION` is `gzip` or `none`"
        }
        Some(501) => {
            "there is no service for this over gRPC: write where the collector takes gRPC into `OTEL_EXPORTER_OTLP_ENDPOINT`, the \
             port is usually 4317, and see whether the collector takes traces"
        }
        Some(413) => {
            "the batches are too large for the collector: `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`"
        }
        Some(300..=399) => {
            "redirects are not followed, because the key would go along: write the URL that it leads to"
        }
        Some(429 | 502..=504) => {
            "the collector is overloaded or not ready: spans are sent again for a while, and are then lost; its own log says why"
        }
        Some(_) | None => "the collector's own log says why",
    }
}

fn skewed(place: &str, clock: Clock, diagnosis: &mut Diagnosis) {
    let (by, how) = match clock {
        Clock::Ahead(by) => (by, "ahead of"),
        Clock::Behind(by) => (by, "behind"),
    };
    if by <= SKEW {
        return;
    }
    let seconds = by.as_secs();
    diagnosis.find(
        Problem::ClockSkew,
        format!(
            "the clock of {place} is {seconds} s {how} that of this machine: spans of both do not fit together"
        ),
        "let both keep their time by NTP; `timedatectl` shows whether this machine does",
    );
}
