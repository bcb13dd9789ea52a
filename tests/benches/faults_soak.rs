//! What a collector with a fault costs a program. `cargo bench -p tracing-relay-tests --bench faults_soak -- 15` does as many
//! rounds of work with each fault, each beside one with a healthy collector, and prints the table of
//! `docs/performance.md`. It fails where a result changed, where a span is in no count or in two, and where memory is not
//! bounded. Whether throughput kept its bound it says, and fails nothing: times are those of a machine that others use.

#[path = "../telemetry/decoded.rs"]
mod decoded;
#[path = "../telemetry/faults/mod.rs"]
mod faults;

use std::process::ExitCode;

use faults::collector::Fault;
use faults::load::{Load, Size};
use faults::{Report, Round, run, run_in_turn};

/// Rounds where no number is given.
const FEW: usize = 3;
/// Of throughput by CPU time, beside a healthy collector; the median of the rounds.
const BOUND: f64 = 0.95;
/// What the process may grow by: the queue of one round, what is on its way, and what the collector keeps of it.
const MOST_BYTES: u64 = 128 << 20;

/// With room in the queue for half of what a round records, so that spans are dropped where none leave.
const SIZE: Size = Size {
    units: 2_000,
    steps: 7_000,
};

fn main() -> ExitCode {
    let wanted = std::env::args().find_map(|argument| argument.parse().ok());
    match soak(wanted.unwrap_or(FEW).max(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(mistake) => {
            eprintln!("FAILED: {mistake}");
            ExitCode::FAILURE
        }
    }
}

fn round(load: Load) -> Round {
    let queue = usize::try_from(SIZE.spans() / 2).expect("they are few");
    Round {
        load,
        size: SIZE,
        queue,
    }
}

fn soak(rounds: usize) -> Result<(), String> {
    // The first one is for caches and pages.
    run(round(Load::Threads), Fault::Healthy)?;
    let before = memory();
    println!(
        "| collector | load | CPU, µs a unit | throughput by CPU time | by the clock | exported | dropped | failed |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut slow = Vec::new();
    for load in Load::ALL {
        for fault in Fault::ALL {
            let row = Row::of(load, fault, rounds)?;
            println!("{}", row.cells());
            if row.by_cpu < BOUND {
                slow.push(format!("{} with {}", fault.name(), load.name()));
            }
        }
        run_in_turn(round(load), 16)
            .map_err(|mistake| format!("one fault after the other: {mistake}"))?;
    }
    let grown = memory().saturating_sub(before);
    println!("\nThe process grew by {} MiB at most.", grown >> 20);
    if grown > MOST_BYTES {
        return Err(format!("that is more than {} MiB", MOST_BYTES >> 20));
    }
    if slow.is_empty() {
        println!("Throughput is never below {BOUND} of that with a healthy collector.");
    } else {
        println!("Throughput is below {BOUND}: {}.", slow.join(", "));
    }
    Ok(())
}

/// One fault with one load.
struct Row {
    load: Load,
    fault: Fault,
    micros: f64,
    by_cpu: f64,
    by_clock: f64,
    /// Of all rounds.
    exported: u64,
    dropped: u64,
    failed: u64,
}

impl Row {
    /// Rounds with the fault and with a healthy collector take turns, and change who is first.
    fn of(load: Load, fault: Fault, rounds: usize) -> Result<Self, String> {
        let one = |fault: Fault| {
            run(round(load), fault).map_err(|mistake| format!("{load:?} {fault:?}: {mistake}"))
        };
        let mut faulty = Vec::new();
        let (mut by_cpu, mut by_clock) = (Vec::new(), Vec::new());
        for number in 0..rounds {
            let (report, healthy): (Report, Report) = if number % 2 == 0 {
                let healthy = one(Fault::Healthy)?;
                (one(fault)?, healthy)
            } else {
                (one(fault)?, one(Fault::Healthy)?)
            };
            let ratio = |of: fn(&Report) -> f64| of(&healthy) / of(&report);
            by_cpu.push(ratio(|report| report.done.cpu.as_secs_f64()));
            by_clock.push(ratio(|report| report.done.took.as_secs_f64()));
            faulty.push(report);
        }
        #[expect(clippy::cast_precision_loss, reason = "they are few")]
        let units = SIZE.all_units() as f64;
        let micros = faulty
            .iter()
            .map(|report| report.done.cpu.as_secs_f64() * 1e6 / units);
        let sum = |of: fn(&Report) -> u64| faulty.iter().map(of).sum();
        Ok(Self {
            load,
            fault,
            micros: median(micros.collect()),
            by_cpu: median(by_cpu),
            by_clock: median(by_clock),
            exported: sum(|report| report.statistics.exported),
            dropped: sum(|report| report.statistics.dropped),
            failed: sum(|report| report.statistics.failed),
        })
    }

    fn cells(&self) -> String {
        format!(
            "| {} | {} | {:.1} | {:.3} | {:.2} | {} | {} | {} |",
            self.fault.name(),
            self.load.name(),
            self.micros,
            self.by_cpu,
            self.by_clock,
            self.exported,
            self.dropped,
            self.failed
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The most bytes that this process has had so far, where the system says it.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kibibytes.map_or(0, |number| number.parse::<u64>().unwrap_or(0) << 10)
}
