//! Counts the instructions of a call: the program runs itself under callgrind twice, with different
//! numbers of calls, so that the difference is the cost of the calls alone. The counts are the same on
//! every run of one binary, where one thread is counted.

use std::process::Command;

/// What is said where there is no valgrind.
pub const SKIPPED: &str =
    "SKIPPED: instruction counts need valgrind (Debian: `apt-get install valgrind`)";

/// In the process that callgrind watches, the case to run and the number of calls to make.
#[must_use]
pub fn watched() -> Option<(String, u64)> {
    let mut args = std::env::args().skip(1);
    if args.next()? != "--case" {
        return None;
    }
    let case = args.next()?;
    let calls = args.next()?.parse().ok()?;
    Some((case, calls))
}

/// What callgrind counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The whole process.
    Process,
    /// The functions of this name (a pattern), and what they call.
    Function(&'static str),
}

/// Instructions a call of a case, from processes that make `few` and `many` calls of it; `None` where
/// there is no valgrind.
///
/// # Panics
///
/// Where a process fails.
#[must_use]
pub fn instructions(case: &str, counted: Counted, [few, many]: [u64; 2]) -> Option<f64> {
    let fewer = count(case, counted, few)?;
    let more = count(case, counted, many)?;
    #[allow(clippy::cast_precision_loss, reason = "counts of some million")]
    let each = more.saturating_sub(fewer) as f64 / (many - few) as f64;
    Some(each)
}

/// Instructions of one process that makes this many calls.
fn count(case: &str, counted: Counted, calls: u64) -> Option<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    if let Counted::Function(name) = counted {
        valgrind.arg(format!("--toggle-collect={name}"));
    }
    let output = valgrind
        .arg(std::env::current_exe().ok()?)
        .args(["--case", case, &calls.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{case} fails under callgrind: {text}"
    );
    let line = text.lines().find(|line| line.contains("Collected"))?;
    line.rsplit(' ').next()?.parse().ok()
}
