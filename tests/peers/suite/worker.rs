//! The process of one variant of a case.

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;

use super::expected;
use super::{Case, Cost, Pipeline};

/// How often a round exports.
pub(super) const EXPORTS: u64 = 8;

/// What the process says when it has exported what it has to.
pub(super) const READY: &str = "ready";

/// Checks the variant, then measures a round for each line that is read: nanoseconds and allocations.
pub(super) fn serve(case: &Case) -> ExitCode {
    let pipeline = (case.set_up)();
    (case.work)(&pipeline, 1);
    pipeline.flush();
    if let Err(difference) =
        expected::check(&[case.around, case.exports].concat(), &pipeline.take())
    {
        eprintln!("{}: {difference}", case.key());
        return ExitCode::FAILURE;
    }
    let mut stdout = std::io::stdout().lock();
    let mut say = |line: &str| writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    let mut answers = say(READY);
    for _ in std::io::stdin().lock().lines() {
        let cost = round(case, &pipeline);
        answers =
            answers.and_then(|()| say(&format!("{} {}", cost.cpu.as_nanos(), cost.allocations)));
    }
    match answers {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Makes calls in the process that callgrind watches.
pub(super) fn calls(case: &Case, calls: u64) -> ExitCode {
    let pipeline = (case.set_up)();
    pipeline.take();
    let mut left = calls;
    while left > 0 {
        let now = left.min(case.calls());
        (case.work)(&pipeline, now);
        pipeline.flush();
        left -= now;
    }
    ExitCode::SUCCESS
}

fn round(case: &Case, pipeline: &Pipeline) -> Cost {
    let before = pipeline.exported();
    let mut cost = Cost::default();
    for _ in 0..EXPORTS {
        cost += (case.work)(pipeline, case.calls());
        pipeline.flush();
    }
    let each = expected::spans(case.around) + case.calls() * expected::spans(case.exports);
    assert_eq!(
        pipeline.exported() - before,
        EXPORTS * each,
        "{} loses spans",
        case.key()
    );
    cost
}
