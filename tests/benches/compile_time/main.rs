//! Measures what an attribute costs the compiler, over plain functions and as a ratio to what
//! `#[tracing::instrument]` costs: the time of `cargo check`, that of a release build, and the size of
//! the code.
//!
//! `cargo bench -p tracing-relay-tests --bench compile_time` prints the tables of
//! `docs/performance.md`. It takes minutes and wants a quiet machine, so that it is not a part of the
//! checks, and it needs a Unix. A number after `--` says how often each crate is compiled; the medians count.
//! A text selects attributes by a part of them.

mod crates;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use nix::sys::resource::{UsageWho, getrusage};
use object::read::archive::ArchiveFile;
use object::{Object as _, ObjectSection as _, SectionKind};

use crates::{CASES, Case};

const SIZES: [usize; 2] = [300, 1_000];
const ROUNDS: usize = 3;

/// What one crate cost.
#[derive(Default)]
struct Cost {
    check: Vec<Duration>,
    release: Vec<Duration>,
    text: u64,
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| arg != "--bench")
        .collect();
    let rounds = args.iter().find_map(|arg| arg.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let wanted: Vec<_> = args
        .iter()
        .filter(|arg| arg.parse::<usize>().is_err())
        .collect();
    let is_wanted = |case: &Case| {
        // The first two are what the others are compared to.
        let is_compared_to = CASES.iter().take(2).any(|first| first.name == case.name);
        is_compared_to
            || wanted.is_empty()
            || wanted
                .iter()
                .any(|part| case.attribute.contains(part.as_str()))
    };
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
    let crates = prepare(&parent, is_wanted)?;
    for functions in SIZES {
        let costs = measure(&crates, functions, rounds)?;
        print_table(functions, &costs);
    }
    Ok(())
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
    File::open(folder.join("src/lib.rs"))?.set_modified(SystemTime::now())?;
    let args: &[&str] = match how {
        "check" => &["check"],
        _ => &["build", "--release"],
    };
    let before = processor_time()?;
    let status = Command::new(env!("CARGO"))
        .args(args)
        .arg("--quiet")
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("../target"))
        .stderr(Stdio::inherit())
        .status()?;
    let time = processor_time()?.saturating_sub(before);
    Ok(status.success().then_some(time))
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
        [median(&self.check), median(&self.release), text]
    }
}

fn median(times: &[Duration]) -> f64 {
    let mut times: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
