//! Counts the instructions of a call: the program runs itself under callgrind twice, with different
//! numbers of calls, so that the difference is the cost of the calls alone. The counts are the same on
//! every run of one binary.

use std::process::{Command, ExitCode};

/// Instructions a call of each case, in order; `None` where there is no valgrind. In the process that
/// callgrind watches, `run` makes the calls and nothing is returned.
pub(crate) fn costs(cases: &[&str], run: fn(&str, u64)) -> Result<Option<Vec<f64>>, ExitCode> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, flag, case, calls] = args.as_slice()
        && flag == "--case"
    {
        run(case, calls.parse().expect("a number of calls"));
        return Err(ExitCode::SUCCESS);
    }
    let mut costs = Vec::new();
    for case in cases {
        let (Some(few), Some(many)) = (count(case, 1_000), count(case, 3_000)) else {
            eprintln!(
                "SKIPPED: instruction counts need valgrind (Debian: `apt-get install valgrind`)"
            );
            return Ok(None);
        };
        #[allow(clippy::cast_precision_loss, reason = "counts of a few million")]
        let each = (many - few) as f64 / 2_000.0;
        println!("{case:28} {each:8.1} instructions a call");
        costs.push(each);
    }
    Ok(Some(costs))
}

/// Instructions of a whole process that makes this many calls.
fn count(case: &str, calls: u64) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe().ok()?)
        .args(["--case", case, &calls.to_string()])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find(|line| line.contains("Collected"))?;
    line.rsplit(' ').next()?.parse().ok()
}
