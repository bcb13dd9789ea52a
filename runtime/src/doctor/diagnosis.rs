//! [`Diagnosis`]: what was found, in words.

use std::cmp::Reverse;
use std::fmt;

/// What an examination found wrong, and what it found to be right.
///
/// Its `Display` is for people: a line for each finding, the worst first, with a line of what to write instead, and a line for each thing
/// that was seen to work. Nothing in it is a secret: it has no values of headers or of variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a diagnosis that nobody reads heals nothing"]
pub struct Diagnosis {
    findings: Vec<Finding>,
    proven: Vec<String>,
}

/// One thing that is wrong, or that should be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    problem: Problem,
    what: String,
    help: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// All is well, and it should be known all the same. It makes nobody unhealthy.
    Note,
    /// Some code finds less than it looks for.
    Warning,
    /// Spans that are wanted are not recorded or do not arrive.
    Error,
}

/// What can be wrong. Each has a [name](Self::name) that does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// There is no subscriber on this thread.
    NoSubscriber,
    /// The subscriber has no layer that records spans.
    NoLayer,
    /// The layer that records is behind something that hides it, `tracing_subscriber::reload` for one.
    HiddenLayer,
    /// The engine that records is not that of the `Telemetry` that was asked.
    OtherEngine,
    /// Telemetry is disabled by its settings.
    Disabled,
    /// The engine was shut down.
    ShutDown,
    /// A level or a filter keeps a span from the layer that records.
    Filtered,
    /// The sampler drops all.
    NotSampled,
    /// OpenTelemetry's global propagator passes nothing on.
    NoPropagator,
    /// The methods of tracing-opentelemetry for spans find no layer.
    NoOpenTelemetryLayer,
    /// A setting cannot be used, and is ignored.
    Setting,
    /// There is no exporter.
    NoExporter,
    /// The collector cannot be reached.
    Unreachable,
    /// The collector was reached, and refuses.
    Refused,
    /// The exporter does not answer in time.
    TooSlow,
    /// The exporter runs where it has no runtime, or where its runtime cannot run.
    NeedsRuntime,
    /// The exporter gave an error or panicked.
    ExporterFailed,
    /// The probe found no room in the queue.
    Dropped,
    /// Whether spans arrive was not examined.
    NotDelivered,
    /// The clocks of this machine and of the collector differ.
    ClockSkew,
    /// A crate that has to be there once is there in several versions.
    TwoVersions,
    /// A lock file cannot be read.
    LockFile,
    /// Code of the program panicked while it was examined.
    Panicked,
}

impl Problem {
    /// The name, which is printed, and which scripts may look for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoSubscriber => "no-subscriber",
            Self::NoLayer => "no-layer",
            Self::HiddenLayer => "hidden-layer",
            Self::OtherEngine => "other-engine",
            Self::Disabled => "disabled",
            Self::ShutDown => "shut-down",
            Self::Filtered => "filtered",
            Self::NotSampled => "not-sampled",
            Self::NoPropagator => "no-propagator",
            Self::NoOpenTelemetryLayer => "no-opentelemetry-layer",
            Self::Setting => "setting",
            Self::NoExporter => "no-exporter",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::TooSlow => "too-slow",
            Self::NeedsRuntime => "needs-runtime",
            Self::ExporterFailed => "exporter-failed",
            Self::Dropped => "dropped",
            Self::NotDelivered => "not-delivered",
            Self::ClockSkew => "clock-skew",
            Self::TwoVersions => "two-versions",
            Self::LockFile => "lock-file",
            Self::Panicked => "panicked",
        }
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::NoOpenTelemetryLayer | Self::NotDelivered => Severity::Note,
            Self::HiddenLayer
            | Self::Disabled
            | Self::NoPropagator
            | Self::Setting
            | Self::NoExporter
            | Self::ClockSkew => Severity::Warning,
            Self::NoSubscriber
            | Self::NoLayer
            | Self::OtherEngine
            | Self::ShutDown
            | Self::Filtered
            | Self::NotSampled
            | Self::Unreachable
            | Self::Refused
            | Self::TooSlow
            | Self::NeedsRuntime
            | Self::ExporterFailed
            | Self::Dropped
            | Self::TwoVersions
            | Self::LockFile
            | Self::Panicked => Severity::Error,
        }
    }
}

impl Finding {
    /// What kind of problem it is.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        self.problem
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// What is wrong, in a sentence.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl Diagnosis {
    /// What is wrong or should be known, in the order in which it was looked for.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What was seen to work, a sentence each.
    #[must_use]
    pub fn proven(&self) -> &[String] {
        &self.proven
    }

    /// Whether there is no finding, but for notes.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity() == Severity::Note)
    }

    /// Whether this kind of problem was found.
    #[must_use]
    pub fn has(&self, problem: Problem) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.problem == problem)
    }

    /// The same without the findings of one kind, where they are meant to be so.
    pub fn without(mut self, problem: Problem) -> Self {
        self.findings.retain(|finding| finding.problem != problem);
        self
    }

    /// For a test that holds its program to a good set-up.
    ///
    /// # Panics
    ///
    /// It is not [healthy](Self::is_healthy). The text of the panic is the diagnosis.
    #[track_caller]
    pub fn assert_healthy(&self) {
        assert!(self.is_healthy(), "the set-up of traces is wrong\n{self}");
    }

    pub(crate) fn find(
        &mut self,
        problem: Problem,
        what: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding {
            problem,
            what: what.into(),
            help: help.into(),
        });
    }

    pub(crate) fn prove(&mut self, what: impl Into<String>) {
        self.proven.push(what.into());
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            problem,
            what,
            help,
        } = self;
        write!(f, "{}[{problem}]: {what}\n  help: {help}", self.severity())
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut findings = self.findings.iter().collect::<Vec<_>>();
        findings.sort_by_key(|finding| Reverse(finding.severity()));
        let findings = findings.iter().map(ToString::to_string);
        let proven = self.proven.iter().map(|what| format!("ok: {what}"));
        let lines: Vec<_> = findings.chain(proven).collect();
        f.write_str(&lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnosis(problems: &[Problem]) -> Diagnosis {
        let mut diagnosis = Diagnosis::default();
        for problem in problems {
            diagnosis.find(*problem, "it is so", "write this");
        }
        diagnosis.prove("it works");
        diagnosis
    }

    #[test]
    fn a_note_makes_nobody_unhealthy() {
        for (problem, healthy) in [
            (Problem::NotDelivered, true),
            (Problem::ClockSkew, false),
            (Problem::NoLayer, false),
        ] {
            let diagnosis = diagnosis(&[problem]);
            assert_eq!(diagnosis.is_healthy(), healthy, "{problem}");
            assert!(diagnosis.has(problem));
            assert!(diagnosis.without(problem).is_healthy());
        }
    }

    #[test]
    fn a_diagnosis_is_printed_with_what_to_write() {
        let text = diagnosis(&[Problem::NotDelivered, Problem::NoLayer]).to_string();
        let wanted = "error[no-layer]: it is so\n  help: write this\n\
                      note[not-delivered]: it is so\n  help: write this\n\
                      ok: it works";
        assert_eq!(text, wanted);
    }

    #[test]
    #[should_panic(expected = "error[no-layer]: it is so\n  help: write this")]
    fn a_test_of_a_wrong_set_up_fails_with_the_words() {
        diagnosis(&[Problem::NoLayer]).assert_healthy();
    }
}
