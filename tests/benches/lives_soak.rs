//! The long form of `tests/telemetry/lives.rs`: any number of lives that are drawn, each with another seed.
//! `cargo bench -p tracing-relay-tests --bench lives_soak -- 1000` lives that many; `-- 1000 7000000` begins with another seed.

#[path = "../telemetry/decoded.rs"]
mod decoded;
#[expect(dead_code, reason = "other tests draw for tasks too")]
#[path = "../scopes/random/draw.rs"]
mod draw;
#[expect(dead_code, reason = "lives need the collector alone")]
#[path = "../telemetry/faults/mod.rs"]
mod faults;
#[path = "../telemetry/lives.rs"]
mod lives;

use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

/// Lives where no number is given.
const FEW: u64 = 100;
const FIRST_SEED: u64 = 1_000_000;
/// Lives that go on at the same time, most of which wait.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let count: u64 = numbers.next().unwrap_or(FEW);
    let first: u64 = numbers.next().unwrap_or(FIRST_SEED);
    let began = Instant::now();
    match live(first, count) {
        Ok(longest) => {
            println!(
                "{count} lives in {} s, the longest in {} ms; none hung, and every span was accounted for",
                began.elapsed().as_secs(),
                longest.as_millis()
            );
            ExitCode::SUCCESS
        }
        Err(mistake) => {
            eprintln!("FAILED: {mistake}");
            ExitCode::FAILURE
        }
    }
}

fn live(first: u64, count: u64) -> Result<Duration, String> {
    thread::scope(|scope| {
        let seeds = |number| (first..first + count).skip(number).step_by(AT_ONCE);
        let all: Vec<_> = (0..AT_ONCE)
            .map(|number| scope.spawn(move || lives::live(seeds(number))))
            .collect();
        let lived = all.into_iter().map(|some| match some.join() {
            Ok(lived) => lived,
            Err(_) => Err("the watchdog panicked".to_owned()),
        });
        lived
            .reduce(|one, other| Ok(one?.max(other?)))
            .unwrap_or(Ok(Duration::ZERO))
    })
}
