//! Runs cases. Each variant of a case has a process of its own, as it would have a program of its own:
//! subscriber, reporter and propagator are global. The processes take turns, so that what disturbs one of
//! them disturbs all; before anything is measured, each has to export the spans that the case names.

mod bounds;
mod clock;
mod expected;
mod pipeline;
mod rounds;
mod sink;
mod table;
mod waiting;
mod work;
mod worker;

use std::process::ExitCode;

pub use bounds::{Bound, Of, Place};
pub use expected::{Expected, Parent};
pub use pipeline::{
    Beside, Pipeline, Sampled, TracingOpenTelemetry, TracingRelay, fastrace, opentelemetry,
};
pub use waiting::{WAITING, Waiting};
pub use work::{Cost, on_this_thread, on_threads, until_exported};

use crate::callgrind;

/// Makes calls.
pub type Work = Box<dyn Fn(&Pipeline, u64) -> Cost>;

/// One way to do what others do as well.
#[allow(missing_debug_implementations, reason = "most of it is code")]
pub struct Case {
    /// The table that it belongs to.
    pub table: &'static str,
    /// What is done.
    pub name: &'static str,
    /// Who does it.
    pub variant: &'static str,
    /// Makes the pipeline, once a process.
    pub set_up: Box<dyn Fn() -> Pipeline>,
    /// Makes this many calls, and says what they cost.
    pub work: Work,
    /// What is exported besides, for calls inside a span.
    pub around: &'static [Expected],
    /// What one call exports.
    pub exports: &'static [Expected],
    /// Whether its instructions are counted: those of one thread are the same on every run.
    pub instructions: bool,
}

impl Case {
    /// The name by which a process is told to run it.
    fn key(&self) -> String {
        format!("{}/{}/{}", self.table, self.name, self.variant)
    }

    /// Calls between two exports: what is waiting has room in every queue.
    fn calls(&self) -> u64 {
        match expected::spans(self.exports) {
            0 => 2_000,
            spans => (1_000 / spans).max(1),
        }
    }
}

/// All that is run.
#[allow(missing_debug_implementations, reason = "most of it is code")]
pub struct Suite {
    /// The cases, those of a table and of a name together.
    pub cases: Vec<Case>,
    /// Whose waiting spans are measured.
    pub waiting: Vec<Waiting>,
    /// What we want to reach.
    pub bounds: Vec<Bound>,
    /// The variant that the ratios of the tables are to, where a case has it.
    pub reference: &'static str,
}

impl Suite {
    /// Runs what has in its name what the command line asks for, and prints the tables and the bounds.
    #[must_use]
    pub fn run(&self) -> ExitCode {
        let find = |key: &str| self.cases.iter().find(|case| case.key() == key);
        if let Some((key, calls)) = callgrind::watched() {
            return find(&key).map_or(ExitCode::FAILURE, |case| worker::calls(case, calls));
        }
        let args: Vec<String> = std::env::args().skip(1).collect();
        if let [flag, key] = args.as_slice() {
            if flag == "--worker" {
                return find(key).map_or(ExitCode::FAILURE, worker::serve);
            }
            if flag == waiting::FLAG {
                let mut all = self.waiting.iter();
                let found = all.find(|waiting| waiting.variant == key);
                return found.map_or(ExitCode::FAILURE, waiting::measure);
            }
        }
        let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
        match self.tables(&wanted) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("FAILED: {failure}");
                ExitCode::FAILURE
            }
        }
    }

    fn tables(&self, wanted: &[&String]) -> Result<(), String> {
        let is_wanted = |key: &str| wanted.iter().all(|part| key.contains(*part));
        let cases: Vec<&Case> = self
            .cases
            .iter()
            .filter(|case| is_wanted(&case.key()))
            .collect();
        let waiting: Vec<&Waiting> = self
            .waiting
            .iter()
            .filter(|waiting| is_wanted(&format!("Spans that wait/{}", waiting.variant)))
            .collect();
        if cases.is_empty() && waiting.is_empty() {
            return Err(format!("no case has {wanted:?} in its name"));
        }
        let mut all = Vec::new();
        for cases in cases.chunk_by(|a, b| a.table == b.table) {
            let rows = rounds::run(cases, self.reference)?;
            table::print(&rows);
            all.extend(rows);
        }
        let bytes = waiting::run(&waiting)?;
        if !bytes.is_empty() {
            waiting::print(&bytes);
        }
        bounds::print(&self.bounds, &all, &bytes);
        Ok(())
    }
}
