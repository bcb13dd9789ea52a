//! Measures what an attribute costs the compiler, over plain functions and as a ratio to what
//! `#[tracing::instrument]` costs: the time of `cargo check`, that of a release build, and the size of
//! the code.
//!
//! `cargo bench -p tracing-relay-tests --bench compile_time` prints the tables of
//! `docs/performance.md`. It takes minutes and wants a quiet machine, so that it is not a part of the
//! checks, and it needs a Unix. A number after `--` says how often each crate is compiled; the least time of each counts, because whatever else
//! the machine does only adds.
//! A text selects attributes by a part of them.
//!
//! With `--instructions` it counts those of the compiler instead, of our attribute alone, and fails where they are more than half of
//! what `#[tracing::instrument]` adds. It needs valgrind, and says where there is none.

mod crates;
mod instructions;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use nix::sys::resource::{UsageWho, getrusage};
use object::read::archive::ArchiveFile;
use object::{Object as _, ObjectSection as _, SectionKind};

use crates::{CASES, Case};

const SIZES: [usize; 2] = [300, 1_000];
const ROUNDS: usize = 5;

/// What one crate cost.
#[derive(Default)]
struct Cost {
    check: Vec<Duration>,
    release: Vec<Duration>,
    text: u64,
}

fn main() -> io::Result<ExitCode> {
    if let Some(code) = instructions::stand_for_the_compiler() {
        return Ok(code);
    }
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    if args.iter().any(|arg| arg == "--instructions") {
        return instructions::print(&parent);
    }
    let rounds = args.iter().find_map(|arg| arg.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let wanted: Vec<_> = args
        .iter()
        .filter(|arg| arg.parse::<usize>().is_err())
        .collect();
    let is_wanted = |case: &Case| {
        is_compared_to(case)
            || wanted.is_empty()
            || wanted
                .iter()
                .any(|part| case.attribute.contains(part.as_str()))
    };
    let crates = prepare(&parent, is_wanted)?;
    for functions in SIZES {
        let costs = measure(&crates, functions, rounds)?;
        print_table(functions, &costs);
    }
    Ok(ExitCode::SUCCESS)
}

/// The first two are what the others are compared to.
fn is_compared_to(case: &Case) -> bool {
    CASES.iter().take(2).any(|first| first.name == case.name)
}

/// The crates that build, with their dependencies compiled, which are not counted.
fn prepare(
    parent: &Path,
    is_wanted: impl Fn(&Case) -> bool,
) -> io::Result<Vec<(&'static Case, PathBuf)>> {
    let mut crates = Vec::new();
    for case in CASES.iter().filter(|case| is_wanted(case)) {
        let folder = case.write(parent)?;
        case.write_functions(&folder, 1)?;
        if compile(&folder, "check")?.is_some() && compile(&folder, "release")?.is_some() {
            crates.push((case, folder));
        } else {
            eprintln!("SKIPPED: `{}` does not build", case.attribute);
        }
    }
    Ok(crates)
}

/// Compiles the crates in turn, so that what disturbs the machine disturbs all of them.
fn measure(
    crates: &[(&'static Case, PathBuf)],
    functions: usize,
    rounds: usize,
) -> io::Result<Vec<(&'static Case, Cost)>> {
    let mut costs: Vec<_> = crates.iter().map(|_| Cost::default()).collect();
    for _ in 0..rounds {
        for ((case, folder), cost) in crates.iter().zip(&mut costs) {
            case.write_functions(folder, functions)?;
            cost.check.extend(compile(folder, "check")?);
            cost.release.extend(compile(folder, "release")?);
            let library = folder.join(format!("../target/release/lib{}.rlib", case.name));
            cost.text = text_size(&library)?;
        }
    }
    Ok(crates.iter().map(|(case, _)| *case).zip(costs).collect())
}

/// The processor time of compiling a crate anew, its dependencies excepted; `None` if it does not
/// compile.
fn compile(folder: &Path, how: &str) -> io::Result<Option<Duration>> {
    let args: &[&str] = match how {
        "check" => &["check"],
        _ => &["build", "--release"],
    };
    let mut cargo = cargo(folder, args)?;
    let before = processor_time()?;
    let status = cargo.status()?;
    let time = processor_time()?.saturating_sub(before);
    Ok(status.success().then_some(time))
}

/// Checks a crate anew.
fn check_again(folder: &Path, set: impl FnOnce(&mut Command)) -> io::Result<()> {
    let mut cargo = cargo(folder, &["check"])?;
    set(&mut cargo);
    let status = cargo.status()?;
    let failed = || io::Error::other(format!("{} does not compile", folder.display()));
    status.success().then_some(()).ok_or_else(failed)
}

/// Cargo, which has to compile a crate anew.
fn cargo(folder: &Path, args: &[&str]) -> io::Result<Command> {
    File::open(folder.join("src/lib.rs"))?.set_modified(SystemTime::now())?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(args)
        .arg("--quiet")
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("../target"))
        .stderr(Stdio::inherit());
    Ok(cargo)
}

/// What the processes that this one has started and awaited have used so far.
fn processor_time() -> io::Result<Duration> {
    let time = getrusage(UsageWho::RUSAGE_CHILDREN)?.user_time();
    let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
    Ok(Duration::from_micros(micros.unsigned_abs()))
}

/// The size of the machine code in a library.
fn text_size(library: &Path) -> io::Result<u64> {
    let data = fs::read(library)?;
    let archive = ArchiveFile::parse(data.as_slice()).map_err(io::Error::other)?;
    let mut size = 0;
    for member in archive.members() {
        let member = member.map_err(io::Error::other)?;
        let object = member.data(data.as_slice()).map_err(io::Error::other)?;
        // The metadata of the compiler is a member, too.
        let Ok(object) = object::File::parse(object) else {
            continue;
        };
        let code = object
            .sections()
            .filter(|section| section.kind() == SectionKind::Text);
        size += code.map(|section| section.size()).sum::<u64>();
    }
    Ok(size)
}

fn print_table(functions: usize, costs: &[(&Case, Cost)]) {
    let [(_, plain), (_, instrument), ..] = costs else {
        eprintln!("FAILED: what is compared to does not build");
        return;
    };
    let [plain, instrument] = [plain, instrument].map(Cost::numbers);
    let added = |cost: [f64; 3]| [0, 1, 2].map(|number| cost[number] - plain[number]);
    println!("\n| {functions} functions | `cargo check` | release build | code |");
    println!("| --- | ---: | ---: | ---: |");
    let [check, release, text] = plain;
    println!("| no attribute | {check:.2} s | {release:.2} s | {text:.0} KiB |");
    let [check, release, text] = added(instrument);
    println!(
        "| `{}` adds | {check:.2} s | {release:.2} s | {text:.0} KiB |",
        CASES[1].attribute
    );
    for (case, cost) in &costs[2..] {
        let cost = added(cost.numbers());
        let base = added(instrument);
        let [check, release, text] = [0, 1, 2].map(|number| cost[number] / base[number]);
        println!(
            "| `{}`: of that | {check:.2} | {release:.2} | {text:.2} |",
            case.attribute
        );
    }
}

impl Cost {
    /// Seconds of checking, seconds of building, and KiB of code.
    fn numbers(&self) -> [f64; 3] {
        #[allow(clippy::cast_precision_loss, reason = "some megabytes")]
        let text = self.text as f64 / 1024.0;
        [least(&self.check), least(&self.release), text]
    }
}

fn least(times: &[Duration]) -> f64 {
    let least = times.iter().min().copied();
    least.unwrap_or_default().as_secs_f64()
}
