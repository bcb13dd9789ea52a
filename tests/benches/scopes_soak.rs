//! The long form of the random programs of `tests/scopes`: any number of operations, compared with their model while they
//! run. `cargo bench -p tracing-relay-tests --bench scopes_soak -- 10000000` runs that many.

#[path = "../scopes/random/mod.rs"]
mod random;

use std::process::ExitCode;
use std::time::Instant;

use random::{Kind, Report, Round, run};

/// Operations where no number is given.
const FEW: u64 = 200_000;
/// Operations of a round, whose ids are kept until its end.
const OF_A_ROUND: u64 = 100_000;
const WORKERS: [usize; 3] = [1, 2, 4];

fn main() -> ExitCode {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok());
    let wanted: u64 = wanted.unwrap_or(FEW);
    let began = Instant::now();
    let mut all = Report::default();
    let mut seed = 1_000_000;
    'all: loop {
        for kind in Kind::ALL {
            for workers in WORKERS {
                if all.operations >= wanted {
                    break 'all;
                }
                let round = Round {
                    seed,
                    kind,
                    workers,
                    operations: OF_A_ROUND.min(wanted - all.operations),
                };
                match run(round) {
                    Ok(report) => all.add(report),
                    Err(mistakes) => {
                        eprintln!("{round:?}:\n{}", mistakes.join("\n"));
                        return ExitCode::FAILURE;
                    }
                }
                seed += 1;
            }
        }
    }
    println!(
        "{} operations in {} s: {} spans compared, {} of them in scopes; {} events; {} pipelines",
        all.operations,
        began.elapsed().as_secs(),
        all.spans,
        all.spans_in_scopes,
        all.events,
        all.pipelines,
    );
    ExitCode::SUCCESS
}
