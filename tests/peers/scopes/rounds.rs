//! Each variant of a case has a process of its own, because subscribers are global and `tracing` remembers what they said. The
//! processes take turns, so that what disturbs one of them disturbs all.

use std::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tracing_relay_peers::callgrind;

use crate::application::Application;
use crate::cases::Case;
use crate::work::COUNTED;
use crate::{ALLOCATIONS, WORKER};

/// Rounds that count, and those before them that do not.
const ROUNDS: usize = 41;
const WARM_UP: usize = 3;
/// How often a round exports.
const EXPORTS: u64 = 5;
/// Calls between two exports, for which every queue has room.
const CALLS: u64 = 1_000;

thread_local! {
    static MEASURED: Cell<(Duration, u64)> = const { Cell::new((Duration::ZERO, 0)) };
}

/// CPU time of this thread.
fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))
        .expect("a clock that does not run backwards")
}

/// Adds what `f` costs to what was measured on this thread.
pub(crate) fn measure(f: impl FnOnce()) {
    let mut cpu = Duration::ZERO;
    let allocated = allocation_counter::measure(|| {
        let before = now();
        f();
        cpu = now().saturating_sub(before);
    });
    let (sum, allocations) = MEASURED.get();
    MEASURED.set((sum + cpu, allocations + allocated.count_total));
}

/// Makes calls in the process that callgrind watches.
pub(crate) fn calls(case: &Case, calls: u64) {
    let application = Application::start(case.set_up);
    let mut left = calls;
    while left > 0 {
        let now = left.min(CALLS);
        (case.work)(now);
        application.flush();
        left -= now;
    }
}

/// Measures a round for each line that is read.
pub(crate) fn serve(case: &Case) {
    let application = Application::start(case.set_up);
    let mut stdout = io::stdout().lock();
    for _ in io::stdin().lock().lines() {
        MEASURED.set(Default::default());
        for _ in 0..EXPORTS {
            (case.work)(CALLS);
            application.flush();
        }
        let (cpu, _) = MEASURED.get();
        let written = writeln!(stdout, "{}", cpu.as_nanos());
        if written.and_then(|()| stdout.flush()).is_err() {
            return;
        }
    }
}

/// Prints the allocations of some calls, once everything is warm.
pub(crate) fn count_allocations(case: &Case) {
    let application = Application::start(case.set_up);
    let mut least = u64::MAX;
    for _ in 0..20 {
        MEASURED.set(Default::default());
        (case.work)(CALLS);
        application.flush();
        least = least.min(MEASURED.get().1);
    }
    println!("{least}");
}

/// The process of a variant, and what its rounds gave.
struct Worker<'a> {
    case: &'a Case,
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    rounds: Vec<f64>,
}

impl<'a> Worker<'a> {
    fn start(case: &'a Case) -> Self {
        let mut process = this_program()
            .args([WORKER, &case.key()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let requests = process.stdin.take().expect("an input");
        let answers = process.stdout.take().expect("an output");
        Self {
            case,
            process,
            requests,
            answers: BufReader::new(answers),
            rounds: Vec::with_capacity(ROUNDS),
        }
    }

    /// Nanoseconds of a call.
    #[expect(clippy::cast_precision_loss, reason = "calls of one round")]
    fn round(&mut self) -> f64 {
        writeln!(self.requests).expect("a process that reads");
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("a process that answers");
        let nanoseconds: f64 = line.trim().parse().expect("nanoseconds");
        nanoseconds / (EXPORTS * CALLS) as f64
    }

    /// The process ends with its input.
    fn end(self) -> (&'a Case, Vec<f64>) {
        let Self {
            case,
            mut process,
            requests,
            rounds,
            ..
        } = self;
        drop(requests);
        let status = process.wait().expect("a process that ends");
        assert!(status.success(), "{} failed", case.key());
        (case, rounds)
    }
}

fn this_program() -> Command {
    Command::new(std::env::current_exe().expect("this program"))
}

/// Instructions of a call; `None` where there is no valgrind.
pub(crate) fn instructions(case: &Case) -> Option<f64> {
    callgrind::instructions(&case.key(), COUNTED, [CALLS, 2 * CALLS])
}

/// Allocations of a call.
#[expect(clippy::cast_precision_loss, reason = "allocations of some calls")]
pub(crate) fn allocations(case: &Case) -> f64 {
    let output = this_program()
        .args([ALLOCATIONS, &case.key()])
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    let counted: u64 = text.trim().parse().unwrap_or_else(|_| {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{} counts no allocations: {errors}", case.key())
    });
    counted as f64 / CALLS as f64
}

/// Measures the cases of a table, and prints it.
pub(crate) fn print(cases: &[&Case]) {
    if let [first, ..] = cases {
        println!("\n### {}\n", first.table);
        println!("| case | variant | ns | ratio | instructions | ratio | allocations |");
        println!("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
    }
    for variants in cases.chunk_by(|one, other| one.name == other.name) {
        print_variants(variants);
    }
}

fn print_variants(variants: &[&Case]) {
    let mut workers: Vec<_> = variants.iter().map(|case| Worker::start(case)).collect();
    for round in 0..WARM_UP + ROUNDS {
        for worker in &mut workers {
            let nanoseconds = worker.round();
            if round >= WARM_UP {
                worker.rounds.push(nanoseconds);
            }
        }
    }
    let measured: Vec<_> = workers.into_iter().map(Worker::end).collect();
    let counted: Vec<_> = variants.iter().map(|case| instructions(case)).collect();
    let first = &measured[0].1;
    for (number, (case, rounds)) in measured.iter().enumerate() {
        let ratios = rounds.iter().zip(first).map(|(one, first)| one / first);
        let ratio = median(ratios.collect());
        let (count, count_ratio) = match (counted[number], counted[0]) {
            (Some(count), Some(first)) => (format!("{count:.0}"), format!("{:.2}", count / first)),
            _ => Default::default(),
        };
        println!(
            "| {} | {} | {:.1} | {ratio:.2} | {count} | {count_ratio} | {:.1} |",
            if number == 0 { case.name } else { "" },
            case.variant,
            median(rounds.clone()),
            allocations(case),
        );
    }
    if counted.iter().any(Option::is_none) {
        eprintln!("{}", callgrind::SKIPPED);
    }
}

/// The number in the middle.
fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_unstable_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}
