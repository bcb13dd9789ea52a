//! The variants of a case take turns, and what is printed is the median of their rounds. The ratio is the
//! median of the ratios of each round, whose two sides are some milliseconds apart.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::Case;
use super::work::ON_THIS_THREAD;
use super::worker::{EXPORTS, READY};
use crate::callgrind;

/// Rounds that count, and those before them that do not.
const ROUNDS: usize = 41;
const WARM_UP: usize = 3;

/// What a variant costs a call.
pub(super) struct Row<'a> {
    pub(super) case: &'a Case,
    pub(super) nanoseconds: f64,
    /// The same of each round.
    pub(super) rounds: Vec<f64>,
    /// To the reference, if the case has it.
    pub(super) ratio: Option<f64>,
    /// Where there is valgrind, and the case has them.
    pub(super) instructions: Option<f64>,
    pub(super) allocations: f64,
}

/// Runs the cases of a table.
pub(super) fn run<'a>(cases: &[&'a Case], reference: &str) -> Result<Vec<Row<'a>>, String> {
    let mut rows = Vec::new();
    for variants in cases.chunk_by(|a, b| (a.table, a.name) == (b.table, b.name)) {
        eprintln!("{}: {}", variants[0].table, variants[0].name);
        rows.extend(take_turns(variants, reference)?);
    }
    if rows
        .iter()
        .any(|row| row.case.instructions && row.instructions.is_none())
    {
        eprintln!("{}", callgrind::SKIPPED);
    }
    Ok(rows)
}

fn take_turns<'a>(variants: &[&'a Case], reference: &str) -> Result<Vec<Row<'a>>, String> {
    let mut workers = variants
        .iter()
        .map(|case| Worker::start(case))
        .collect::<Result<Vec<_>, _>>()?;
    for round in 0..WARM_UP + ROUNDS {
        for worker in &mut workers {
            let measured = worker.round()?;
            if round >= WARM_UP {
                worker.nanoseconds.push(measured.0);
                worker.allocations.push(measured.1);
            }
        }
    }
    let reference = workers
        .iter()
        .find(|worker| worker.case.variant == reference)
        .map(|worker| worker.nanoseconds.clone());
    Ok(workers
        .into_iter()
        .map(|worker| worker.finish(reference.as_deref()))
        .collect())
}

/// The process of a variant, and what its rounds gave.
struct Worker<'a> {
    case: &'a Case,
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    nanoseconds: Vec<f64>,
    allocations: Vec<f64>,
}

impl<'a> Worker<'a> {
    fn start(case: &'a Case) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut process = Command::new(program)
            .args(["--worker", &case.key()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let requests = process.stdin.take().ok_or("a process without input")?;
        let answers = process.stdout.take().ok_or("a process without output")?;
        let mut worker = Self {
            case,
            process,
            requests,
            answers: BufReader::new(answers),
            nanoseconds: Vec::with_capacity(ROUNDS),
            allocations: Vec::with_capacity(ROUNDS),
        };
        if worker.answer()? == READY {
            Ok(worker)
        } else {
            Err(format!("{} does not do what the case asks for", case.key()))
        }
    }

    fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .map_err(|error| format!("{}: {error}", self.case.key()))?;
        Ok(line.trim_end().to_owned())
    }

    /// Nanoseconds and allocations of a call.
    #[allow(clippy::cast_precision_loss, reason = "calls of one round")]
    fn round(&mut self) -> Result<(f64, f64), String> {
        writeln!(self.requests).map_err(|error| format!("{}: {error}", self.case.key()))?;
        let answer = self.answer()?;
        let calls = (EXPORTS * self.case.calls()) as f64;
        let numbers: Vec<f64> = answer
            .split(' ')
            .filter_map(|number| number.parse().ok())
            .collect();
        match numbers[..] {
            [nanoseconds, allocations] => Ok((nanoseconds / calls, allocations / calls)),
            _ => Err(format!("{} stopped", self.case.key())),
        }
    }

    fn finish(self, reference: Option<&[f64]>) -> Row<'a> {
        let Self {
            case,
            mut process,
            requests,
            nanoseconds,
            allocations,
            ..
        } = self;
        drop(requests);
        // It has answered, and has nothing left to say.
        let _ = process.wait();
        let ratio = reference.map(|reference| {
            let rounds = nanoseconds.iter().zip(reference);
            median(rounds.map(|(ours, theirs)| ours / theirs).collect())
        });
        let calls = case.calls();
        Row {
            case,
            nanoseconds: median(nanoseconds.clone()),
            rounds: nanoseconds,
            ratio,
            instructions: case
                .instructions
                .then(|| callgrind::instructions(&case.key(), ON_THIS_THREAD, [calls, 3 * calls]))
                .flatten(),
            allocations: median(allocations),
        }
    }
}

/// The number in the middle.
pub(super) fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_unstable_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
