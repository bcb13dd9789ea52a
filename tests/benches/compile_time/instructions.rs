//! Counts the instructions of `cargo check`, which are the same on every run, also where the machine is busy: cargo runs this
//! program in the place of the compiler, and that runs the compiler under callgrind.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use crate::crates::{CASES, Case};
use crate::{check_again, is_compared_to};

/// Where the count of a crate is written; in the environment of the program that stands for the compiler.
const COUNT: &str = "COMPILE_TIME_COUNT";
const FUNCTIONS: usize = 100;
/// What our attribute may add, in parts of what `#[tracing::instrument]` adds.
const MOST: f64 = 0.5;

/// Runs the compiler, if that is what this process was started for.
pub(crate) fn stand_for_the_compiler() -> Option<ExitCode> {
    let count = env::var_os(COUNT)?;
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let (compiler, arguments) = arguments.split_first()?;
    // Cargo asks it for its version, too.
    let compiles = arguments.iter().any(|argument| argument == "--crate-type");
    let mut command = if compiles {
        let mut valgrind = Command::new("valgrind");
        valgrind
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg("--trace-children=yes")
            .arg(format!("--log-file={}", count.display()))
            .arg(compiler);
        valgrind
    } else {
        Command::new(compiler)
    };
    let status = command.args(arguments).env_remove(COUNT).status();
    Some(match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Prints what our attribute adds, and fails where that is more than it may be.
pub(crate) fn print(parent: &Path) -> io::Result<ExitCode> {
    let mut counts = Vec::new();
    let ours = |case: &&Case| is_compared_to(case) || case.name == "traced";
    for case in CASES.iter().filter(ours) {
        let folder = case.write(parent)?;
        case.write_functions(&folder, FUNCTIONS)?;
        // What it depends on is compiled without being counted.
        check_again(&folder, |_| {})?;
        let Some(count) = count(&folder)? else {
            eprintln!("{}", tracing_relay_peers::callgrind::SKIPPED);
            return Ok(ExitCode::SUCCESS);
        };
        println!("{:12} {:8.0} million instructions", case.name, count / 1e6);
        counts.push(count);
    }
    let [plain, instrument, traced] = counts[..] else {
        unreachable!("one count a case");
    };
    let ratio = (traced - plain) / (instrument - plain);
    println!(
        "#[traced] adds {ratio:.3} of what #[tracing::instrument] adds to `cargo check` (at most {MOST})"
    );
    if ratio > MOST {
        eprintln!("FAILED: the bound is passed");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The instructions of compiling a crate anew; `None` where there is no valgrind.
fn count(folder: &Path) -> io::Result<Option<f64>> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Ok(None);
    }
    let log = folder.join("callgrind.log");
    check_again(folder, |cargo| {
        let this = env::current_exe().unwrap_or_default();
        cargo.env("RUSTC_WORKSPACE_WRAPPER", this).env(COUNT, &log);
    })?;
    let text = fs::read_to_string(log)?;
    let counts = text.lines().filter_map(|line| {
        let (_, count) = line.split_once("Collected : ")?;
        count.trim().parse::<f64>().ok()
    });
    Ok(Some(counts.sum()))
}
