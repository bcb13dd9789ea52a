//! Runs cases. Each variant of a case has a process of its own, as it would have a program of its own:
//! subscriber, reporter and propagator are global. The processes take turns, so that what disturbs one of
//! them disturbs all; before anything is measured, each has to export the spans that the case names.

mod clock;
mod expected;
mod pipeline;
mod rounds;
mod sink;
mod table;
mod work;
mod worker;

use std::process::ExitCode;

pub use expected::{Expected, Parent};
pub use pipeline::{
    Pipeline, Sampled, TracingOpenTelemetry, TracingRelay, fastrace, opentelemetry,
};
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

/// Runs the cases whose name contains what the command line asks for, and prints their tables. The ratios are those to
/// the variant `reference`, where a case has it.
#[must_use]
pub fn main(cases: &[Case], reference: &str) -> ExitCode {
    let find = |key: &str| cases.iter().find(|case| case.key() == key);
    if let Some((key, calls)) = callgrind::watched() {
        return find(&key).map_or(ExitCode::FAILURE, |case| worker::calls(case, calls));
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, key] = args.as_slice()
        && flag == "--worker"
    {
        return find(key).map_or(ExitCode::FAILURE, worker::serve);
    }
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with("--")).collect();
    let cases: Vec<&Case> = cases
        .iter()
        .filter(|case| wanted.iter().all(|part| case.key().contains(*part)))
        .collect();
    if cases.is_empty() {
        eprintln!("FAILED: no case has {wanted:?} in its name");
        return ExitCode::FAILURE;
    }
    for cases in cases.chunk_by(|a, b| a.table == b.table) {
        match rounds::run(cases, reference) {
            Ok(rows) => table::print(&rows),
            Err(failure) => {
                eprintln!("FAILED: {failure}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
