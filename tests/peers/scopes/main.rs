//! What scopes cost: to enter one, to call an operation of one that nobody has installed, what the application pays for
//! those that are installed, and what a span costs inside.
//!
//! `cargo bench -p tracing-relay-peers --features scopes` prints the tables of `docs/performance.md`. With `-- --bounds` it
//! only counts, and fails where a bound is passed. Other texts after `--` select cases by a part of their names. It counts no
//! instructions where valgrind is not installed, and says so.

mod application;
mod bounds;
mod cases;
mod rounds;
mod work;

use std::process::ExitCode;

use tracing_relay_peers::callgrind;

use cases::Case;

/// What a process is told to serve rounds of a case.
const WORKER: &str = "--worker";
/// What a process is told to count the allocations of a case.
const ALLOCATIONS: &str = "--allocations";

/// What asks for the bounds alone.
const BOUNDS: &str = "--bounds";

fn main() -> ExitCode {
    let cases = cases::all();
    if let Some((key, calls)) = callgrind::watched() {
        return with(&cases, &key, |case| rounds::calls(case, calls));
    }
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    if let [flag, key] = args.as_slice() {
        if flag == WORKER {
            return with(&cases, key, rounds::serve);
        }
        if flag == ALLOCATIONS {
            return with(&cases, key, rounds::count_allocations);
        }
    }
    let (flags, parts): (Vec<_>, Vec<_>) = args.into_iter().partition(|arg| arg == BOUNDS);
    let is_wanted = |case: &&Case| parts.iter().all(|part| case.key().contains(part));
    let wanted: Vec<&Case> = cases.iter().filter(is_wanted).collect();
    if !flags.is_empty() {
        return bounds::check(&wanted);
    }
    for table in wanted.chunk_by(|one, other| one.table == other.table) {
        rounds::print(table);
    }
    ExitCode::SUCCESS
}

fn with(cases: &[Case], key: &str, f: impl FnOnce(&Case)) -> ExitCode {
    cases
        .iter()
        .find(|case| case.key() == key)
        .map_or(ExitCode::FAILURE, |case| {
            f(case);
            ExitCode::SUCCESS
        })
}
